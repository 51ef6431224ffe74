import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';

/** Every error that the gateway answers with: its HTTP status and its sentence; `%s` is filled in. */
const ERRORS = {
  OMS_BAD_REQUEST: [400, '%s'],
  OMS_NOT_JSON: [400, 'The body is not JSON: %s'],
  OMS_NOTHING_ACCEPTED: [400, 'Nothing was accepted: %s'],
  OMS_BAD_TILE: [400, 'There is no tile %s: zoom is 0 to 22, column and row are below 2^zoom.'],
  OMS_BAD_CURSOR: [400, 'cursor "%s" is none of ours: use nextCursor of the page before.'],
  OMS_UNKNOWN_WORD: [400, 'event_type "%s" is neither an outage nor a restoration in any source\'s words.'],
  OMS_NO_ROUTE: [404, 'There is no %s.'],
  OMS_UNKNOWN_OUTAGE: [404, 'There is no outage %s.'],
  OMS_UNKNOWN_TICKET: [404, 'Nobody has heard of the ticket %s.'],
  OMS_PAGE_NOT_BUILT: [404, 'The page has not been built: run "npm run build".'],
  OMS_BODY_TOO_LARGE: [413, 'The body is larger than %s.'],
  OMS_BAD_CONTENT_TYPE: [415, 'The content type %s is not read here.'],
  OMS_INTERNAL: [500, 'Something went wrong inside; the log of the gateway says what.'],
  OMS_PORT_TAKEN: [500, 'Port %s on %s is taken: stop what listens there, or set OMS_PORTS.'],
  OMS_KAFKA_UNAVAILABLE: [
    503,
    'Kafka does not take records now (%s); nothing of this request is lost if it is sent again.',
  ],
  OMS_DATABASE_UNAVAILABLE: [503, 'The database does not answer now (%s).'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type ErrorCode = keyof typeof ERRORS;

const RETRY_AFTER_S = 5;

/** An error that a caller is told of. */
export class GatewayError extends Error {
  override name = 'GatewayError';
  readonly statusCode: number;

  /**
   * @param words what stands for each `%s` of the sentence
   * @param details further fields of the answer
   */
  constructor(
    readonly code: ErrorCode,
    words: readonly string[] = [],
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    const [statusCode, template] = ERRORS[code];
    const left = [...words];
    super(template.replace(/%s/g, () => left.shift() ?? ''));
    this.statusCode = statusCode;
  }
}

/** The gateway's error for whatever was thrown: Fastify's own refusals get our codes, the unforeseen says nothing. */
export function gatewayErrorOf(error: unknown, bodyLimit: number): GatewayError {
  if (error instanceof GatewayError) return error;
  const { code, validation, statusCode, message } = error as FastifyError;
  if (validation) return new GatewayError('OMS_BAD_REQUEST', [message]);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new GatewayError('OMS_BODY_TOO_LARGE', [`${bodyLimit} bytes`]);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new GatewayError('OMS_BAD_CONTENT_TYPE', ['of this request']);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new GatewayError('OMS_BAD_REQUEST', [message]);
  }
  return new GatewayError('OMS_INTERNAL');
}

/** Sets status and headers of an error on the answer. */
export function markError(reply: FastifyReply, error: GatewayError): FastifyReply {
  if (error.statusCode === 503) reply.header('retry-after', String(RETRY_AFTER_S));
  return reply.code(error.statusCode);
}

/** Makes the app answer every error, and what it has no route for, as `{ code, message, ... }`. */
export function answerErrors(app: FastifyInstance, bodyLimit: number): void {
  app.setErrorHandler((thrown, request, reply) => {
    const error = gatewayErrorOf(thrown, bodyLimit);
    if (error.code === 'OMS_INTERNAL') request.log.error({ err: thrown, url: request.url }, 'a request failed');
    return markError(reply, error).send({ code: error.code, message: error.message, ...error.details });
  });
  app.setNotFoundHandler((request) => {
    throw new GatewayError('OMS_NO_ROUTE', [`${request.method} ${request.url.split('?')[0]!}`]);
  });
}
