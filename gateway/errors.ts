import { STATUS_CODES, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OmsError } from '../connections/errors.js';
import { HTTP_ERRORS, httpAnswer, type HttpErrorCode } from '../connections/http-errors.js';

/** The longest part of an address, in characters. */
export const MAX_PARAM_LENGTH = 300;

const RETRY_AFTER_S = 5;
const JSON_TYPE = 'application/json; charset=utf-8';

/** An error that a caller is told of. */
export class GatewayError extends OmsError {
  override name = 'GatewayError';
  declare readonly code: HttpErrorCode;
  readonly statusCode: number;

  /**
   * @param words what stands for each `%s` of the sentence
   * @param details further fields of the answer
   * @param headers of the answer
   */
  constructor(
    code: HttpErrorCode,
    readonly words: readonly string[] = [],
    readonly details: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(code, httpAnswer(code, words).message);
    this.statusCode = HTTP_ERRORS[code].statusCode;
  }

  /** What the caller reads. */
  get answer(): Record<string, unknown> {
    return { code: this.code, message: this.message, ...this.details };
  }
}

/** The gateway's error for whatever was thrown: Fastify's own refusals get our codes, the unforeseen says nothing. */
export function gatewayErrorOf(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const { code, validation, statusCode, message } = error as FastifyError;
  if (validation) return new GatewayError('OMS_BAD_REQUEST', [message]);
  const ours = FASTIFY_ERRORS.get(code);
  if (ours !== undefined) return new GatewayError('OMS_BAD_REQUEST', [ours]);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new GatewayError('OMS_BAD_REQUEST', [message]);
  }
  return new GatewayError('OMS_INTERNAL');
}

/** Whose own sentences repeat what may be very long. */
const FASTIFY_ERRORS: ReadonlyMap<string, string> = new Map([
  ['FST_ERR_BAD_URL', 'The address cannot be read: a % must be followed by two hexadecimal digits of UTF-8.'],
  ['FST_ERR_MAX_PARAM_LENGTH', `A part of the address is longer than ${MAX_PARAM_LENGTH} characters.`],
]);

/** Sets status and headers of an error on the answer. */
export function markError(reply: FastifyReply, { statusCode, headers }: GatewayError): FastifyReply {
  if (statusCode === 503) reply.header('retry-after', String(RETRY_AFTER_S));
  return reply.headers(headers).code(statusCode);
}

/** Answers an error as `{ code, message, ... }`. */
export function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = gatewayErrorOf(thrown);
  if (error.code === 'OMS_INTERNAL') request.log.error({ err: thrown, url: request.url }, 'a request failed');
  return markError(reply, error).type(JSON_TYPE).send(JSON.stringify(error.answer));
}

/** Makes the app answer every error, and what it has no route for, as `{ code, message, ... }`. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler(answerError);
  // Before anything of it is read: what comes with it may be of any kind.
  app.addHook('onRequest', async (request) => {
    if (request.is404) throw app.noRoute(request);
  });
}

/** Makes a server answer what is no HTTP in the form of all other errors. */
export function answerMalformed(server: Server): void {
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket: Duplex) => {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const error = new GatewayError(PARSER_ERRORS.get(code) ?? 'OMS_NOT_HTTP', [code]);
    const body = JSON.stringify(error.answer);
    socket.end(
      `HTTP/1.1 ${error.statusCode} ${STATUS_CODES[error.statusCode]}\r\ncontent-type: ${JSON_TYPE}\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  });
}

const PARSER_ERRORS: ReadonlyMap<string, HttpErrorCode> = new Map([
  ['HPE_HEADER_OVERFLOW', 'OMS_HEADERS_TOO_LARGE'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'OMS_REQUEST_TIMEOUT'],
]);

/** The answers of a route that are errors, for its description: of these codes, and of what is never foreseen. */
export function errorAnswers(...codes: readonly HttpErrorCode[]): Record<number, object> {
  const byStatus = new Map<number, HttpErrorCode[]>();
  for (const code of [...codes, 'OMS_INTERNAL' as const]) {
    const { statusCode: status } = HTTP_ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, ofStatus]) => [status, errorSchema(ofStatus)]));
}

function errorSchema(codes: readonly HttpErrorCode[]): object {
  return {
    description: codes.map((code) => HTTP_ERRORS[code].sentence.replaceAll('%s', '...')).join(' Or: '),
    type: 'object',
    properties: { code: { enum: codes }, message: { type: 'string' } },
    required: ['code', 'message'],
    additionalProperties: true,
  };
}
