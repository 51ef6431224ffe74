import { STATUS_CODES, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** The longest part of an address, in characters. */
export const MAX_PARAM_LENGTH = 300;

/** Every error that the gateway answers with: its HTTP status and its sentence; `%s` is filled in. */
const ERRORS = {
  OMS_BAD_REQUEST: [400, '%s'],
  OMS_NOT_HTTP: [400, 'The request cannot be read as HTTP (%s).'],
  OMS_NOT_JSON: [400, 'The body is not JSON: %s'],
  OMS_NOTHING_ACCEPTED: [400, 'Nothing was accepted: %s'],
  OMS_BAD_TILE: [400, 'There is no tile %s: zoom is 0 to 22, column and row are below 2^zoom.'],
  OMS_BAD_CURSOR: [400, 'cursor "%s" is none of ours: use nextCursor of the page before.'],
  OMS_UNKNOWN_WORD: [400, 'event_type "%s" is neither an outage nor a restoration in any source\'s words.'],
  OMS_NO_ROUTE: [404, 'There is no %s.'],
  OMS_UNKNOWN_OUTAGE: [404, 'There is no outage %s.'],
  OMS_UNKNOWN_TICKET: [404, 'Nobody has heard of the ticket %s.'],
  OMS_PAGE_NOT_BUILT: [404, 'The page has not been built: run "npm run build".'],
  OMS_BAD_METHOD: [405, '%s is not for this path; it takes %s.'],
  OMS_REQUEST_TIMEOUT: [408, 'The request did not come to its end in time (%s).'],
  OMS_BODY_TOO_LARGE: [413, 'The body is larger than %s.'],
  OMS_BAD_CONTENT_TYPE: [415, 'Content %s is not read here: send %s.'],
  OMS_HEADERS_TOO_LARGE: [431, 'The headers of the request are too large (%s).'],
  OMS_INTERNAL: [500, 'Something went wrong inside; the log of the gateway says what.'],
  OMS_PORT_TAKEN: [500, 'Port %s on %s is taken: stop what listens there, or set OMS_PORTS.'],
  OMS_KAFKA_UNAVAILABLE: [
    503,
    'Kafka does not take records now (%s); nothing of this request is lost if it is sent again.',
  ],
  OMS_BUSY: [503, 'Large bodies are worked on one after the other, and the turn of this one did not come within %s.'],
  OMS_DATABASE_UNAVAILABLE: [503, 'The database does not answer now (%s).'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type ErrorCode = keyof typeof ERRORS;

const RETRY_AFTER_S = 5;
const JSON_TYPE = 'application/json; charset=utf-8';

/** An error that a caller is told of. */
export class GatewayError extends Error {
  override name = 'GatewayError';
  readonly statusCode: number;

  /**
   * @param words what stands for each `%s` of the sentence
   * @param details further fields of the answer
   * @param headers of the answer
   */
  constructor(
    readonly code: ErrorCode,
    readonly words: readonly string[] = [],
    readonly details: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    const [statusCode, template] = ERRORS[code];
    const left = [...words];
    super(template.replace(/%s/g, () => left.shift() ?? ''));
    this.statusCode = statusCode;
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

const PARSER_ERRORS: ReadonlyMap<string, ErrorCode> = new Map([
  ['HPE_HEADER_OVERFLOW', 'OMS_HEADERS_TOO_LARGE'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'OMS_REQUEST_TIMEOUT'],
]);

/** The answers of a route that are errors, for its description: of these codes, and of what is never foreseen. */
export function errorAnswers(...codes: readonly ErrorCode[]): Record<number, object> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...codes, 'OMS_INTERNAL' as const]) {
    const [status] = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, ofStatus]) => [status, errorSchema(ofStatus)]));
}

function errorSchema(codes: readonly ErrorCode[]): object {
  return {
    description: codes.map((code) => ERRORS[code][1].replaceAll('%s', '...')).join(' Or: '),
    type: 'object',
    properties: { code: { enum: codes }, message: { type: 'string' } },
    required: ['code', 'message'],
    additionalProperties: true,
  };
}
