import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseExactJson } from '../../operators/model/exact-json.js';
import { textOfBytes } from '../../operators/normalise/body-text.js';
import { Refusal } from '../../operators/normalise/fields.js';
import { GatewayError } from '../errors.js';
import { refuseNul } from '../validation.js';
import type { BodyBudget } from './body-budget.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was received; empty where there is none. */
    bytes: Buffer;
  }
}

/** A kind of content that routes take. */
export interface Content {
  /** What senders are told to say. */
  readonly name: string;
  /** What they may say; null: content without a type. */
  readonly types: RegExp | null;
  /** The largest body of it. */
  readonly maxBytes: number;
}

/** The types of JSON, as systems in the field write them too. A browser sends none of them to us from another's page. */
export function json(maxBytes: number): Content {
  return { name: 'application/json', types: /^(application\/([\w.-]+\+)?json|text\/json)$/, maxBytes };
}

/** The types of a line of JSON each. */
export function jsonLines(maxBytes: number): Content {
  return {
    name: 'application/x-ndjson',
    types: /^application\/(x-)?(ndjson|jsonl|jsonlines|json-lines)$/,
    maxBytes,
  };
}

/** Is the content of a request of this kind? */
export function isContent({ headers }: FastifyRequest, { types }: Content): boolean {
  const type = headers['content-type']?.split(';')[0]!.trim().toLowerCase() ?? '';
  if (types !== null) return types.test(type);
  // A page of another origin may post content without a type, and its browser says so: field systems are no browsers.
  return type === '' && headers.origin === undefined;
}

/** How a plugin reads bodies. */
interface ReadingOptions {
  readonly contents: readonly Content[];
  /** Bounds the bodies in memory; left out: they are small. */
  readonly budget?: BodyBudget;
  /** What to say about content of other kinds; left out: that it is not read here. */
  readonly otherwise?: (request: FastifyRequest) => GatewayError;
}

/** What is smaller waits for nobody. */
const SMALL_BYTES = 64 * 1024;
/** The bytes of a request without a body. */
export const NOTHING = Buffer.alloc(0);

/** Makes the routes of a plugin take bodies of some kinds as bytes. */
export function readBytes(app: FastifyInstance, { contents, budget, otherwise }: ReadingOptions): void {
  const names = contents.flatMap(({ name }) => name).join(', ');
  app.decorateRequest('bytes');
  app.addHook('onRequest', async (request) => {
    request.bytes = NOTHING;
    if (!hasBody(request)) return;
    const content = contents.find((known) => isContent(request, known));
    if (!content) throw otherwise?.(request) ?? unknownContent(request, names);
    if (Number(request.headers['content-length'] ?? 0) > content.maxBytes) throw tooLarge(content);
  });
  app.addHook('preParsing', async (request, reply) => {
    if (budget && hasBody(request)) await takeRoom(budget, request, reply, contents);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    const content = contents.find((known) => isContent(request, known))!;
    request.bytes = await bytesOf(payload, content);
    return request.bytes;
  });
}

/** The errors of routes that read small JSON. */
export const JSON_ERRORS = ['OMS_BAD_REQUEST', 'OMS_NOT_JSON', 'OMS_BODY_TOO_LARGE', 'OMS_BAD_CONTENT_TYPE'] as const;

/** Makes the routes of a plugin read small JSON, to be checked by their schemas. */
export function readJson(app: FastifyInstance): void {
  const contents = [json(SMALL_BYTES)];
  readBytes(app, { contents });
  app.addHook('preValidation', async (request) => {
    if (hasBody(request)) request.body = jsonOf(request.bytes, parseWithoutNul);
  });
}

/**
 * Bytes as the value that their JSON says; long numbers keep their digits.
 * @param parse makes a value of the text
 * @throws GatewayError if they are in an encoding that is not read, or no JSON
 */
export function jsonOf(bytes: Uint8Array, parse = parseExactJson): unknown {
  try {
    return parse(textOfBytes(bytes).trim());
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    if (error instanceof Refusal) throw new GatewayError('OMS_BAD_REQUEST', [error.message]);
    throw new GatewayError('OMS_NOT_JSON', [(error as Error).message.slice(0, 200)]);
  }
}

/** PostgreSQL has no text with U+0000; hardly any body has one, and then it is looked for. */
function parseWithoutNul(text: string): unknown {
  return text.includes('\\u0000') ? (JSON.parse(text, refuseNul) as unknown) : parseExactJson(text);
}

function hasBody({ method, headers }: FastifyRequest): boolean {
  if (method !== 'POST') return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function unknownContent({ headers }: FastifyRequest, names: string): GatewayError {
  const type = headers['content-type'];
  return new GatewayError('OMS_BAD_CONTENT_TYPE', [
    type === undefined ? 'without a type' : `"${type.slice(0, 100)}"`,
    names,
  ]);
}

function tooLarge({ name, maxBytes }: Content): GatewayError {
  return new GatewayError('OMS_BODY_TOO_LARGE', [`${maxBytes} bytes, the most that is read of ${name}`]);
}

function brokenOff(): GatewayError {
  return new GatewayError('OMS_BAD_REQUEST', ['The body broke off before its end.']);
}

/** Waits until there is room for a body; it is given back with the answer, or when the sender has gone. */
async function takeRoom(
  budget: BodyBudget,
  request: FastifyRequest,
  reply: FastifyReply,
  contents: readonly Content[],
): Promise<void> {
  const content = contents.find((known) => isContent(request, known))!;
  const bytes = Number(request.headers['content-length'] ?? content.maxBytes);
  if (bytes <= SMALL_BYTES) return;
  const giveBack = await budget.take(bytes);
  if (reply.raw.destroyed || reply.raw.closed) giveBack();
  else reply.raw.once('finish', giveBack).once('close', giveBack);
}

/** All bytes of a body, in memory of their own. */
async function bytesOf(payload: IncomingMessage, content: Content): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  payload.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= content.maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  });
  try {
    if (payload.destroyed) throw brokenOff();
    await once(payload, 'end');
  } catch {
    throw brokenOff();
  }
  if (length > content.maxBytes) throw tooLarge(content);
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(bytes, at);
  return bytes;
}
