import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { GatewayError } from '../errors.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was received; empty where the routes do not keep it. */
    bytes: Buffer;
  }
}

const NOTHING = Buffer.alloc(0);

/** Makes the routes of this plugin read JSON, whatever the content type says, and keep the bytes beside it. */
export function readJson(app: FastifyInstance): void {
  keepBytes(app, (bytes) => {
    try {
      return JSON.parse(bytes.toString()) as unknown;
    } catch (error) {
      throw new GatewayError('OMS_NOT_JSON', [(error as Error).message.slice(0, 200)]);
    }
  });
}

/** Makes the routes of this plugin take any body as bytes. */
export function readBytes(app: FastifyInstance): void {
  keepBytes(app, (bytes) => bytes);
}

function keepBytes(app: FastifyInstance, read: (bytes: Buffer) => unknown): void {
  app.decorateRequest('bytes');
  app.addHook('onRequest', (request, _reply, done) => {
    request.bytes = NOTHING;
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    request.bytes = body as Buffer;
    try {
      done(null, read(request.bytes));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** An id as sources write it: a text, or a number. */
export const Id = Type.Unsafe<string | number>({ type: ['string', 'number'], description: 'text or number' });

export const LatLng = Type.Object({
  lat: Type.Number({ minimum: -90, maximum: 90 }),
  lng: Type.Number({ minimum: -180, maximum: 180 }),
});

/** `T`, absent or null. */
export function optional<T extends Type.TSchema>(schema: T) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

/** A report, or a list of them, of which each is judged by itself. */
export function oneOrMany<T extends Type.TSchema>(report: T) {
  return Type.Unsafe<Type.Static<T> | object[]>({
    if: { type: 'array' },
    then: { items: { type: 'object' }, minItems: 1 },
    else: report,
  });
}

export const ReportAnswerSchema = Type.Object({
  index: Type.Integer(),
  status: Type.Enum(['accepted', 'rejected']),
  source: Type.Union([Type.String(), Type.Null()]),
  sourceEventId: Type.Union([Type.String(), Type.Null()]),
  reason: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
});

/** What became of one report of a request. */
export type ReportAnswer = Type.Static<typeof ReportAnswerSchema>;

export const TakenSchema = Type.Object({
  status: Type.Literal('accepted'),
  receivedAt: Type.String({ format: 'date-time' }),
  accepted: Type.Integer(),
  rejected: Type.Integer(),
  events: Type.Array(ReportAnswerSchema),
});

/** What was taken of a request. */
export type Taken = Type.Static<typeof TakenSchema>;
