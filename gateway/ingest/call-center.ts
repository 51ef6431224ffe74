import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { GatewayError } from '../errors.js';
import type { Services } from '../services.js';
import { Id, LatLng, oneOrMany, optional, readJson, TakenSchema } from './body.js';
import { takeIn } from './intake.js';
import { TicketStatusSchema, TroubleCalls } from './trouble-calls.js';

const Call = Type.Object(
  {
    ticketId: Id,
    timestamp: Type.String({ minLength: 1, description: 'ISO 8601' }),
    customer: Type.Object(
      { phone: optional(Id), meterNumber: optional(Id), address: optional(Type.String()), location: optional(LatLng) },
      { additionalProperties: true },
    ),
    notes: optional(Type.String()),
  },
  { additionalProperties: true },
);

const Intaken = Type.Intersect([TakenSchema, Type.Object({ intakeId: Type.String(), omsEventId: Type.String() })]);

/** A ticket as the rest of the system knows it: the identity of its event. */
const EVENT_PREFIX = 'call_center/';

const Which = Type.Object({
  ticketId: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  omsEventId: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
});

/** Trouble calls: customers without supply. */
export const callCenter: FastifyPluginAsyncTypebox<Services> = async (app, services) => {
  const calls = new TroubleCalls(services.database);
  readJson(app);

  for (const path of ['/trouble-call/intake', '/call-center-ticket-generator']) {
    app.post(
      path,
      { schema: { summary: 'A trouble call', tags: ['ingest'], body: oneOrMany(Call), response: { 202: Intaken } } },
      async (request, reply) => {
        const intakeId = randomUUID();
        const { taken, understood } = await takeIn(services, request, {
          source: 'call_center',
          by: 'call-center',
          what: 'call_center',
          contentType: 'application/json',
          id: intakeId,
        });
        for (const { sourceEventId } of understood) calls.remember(sourceEventId);
        return reply.code(202).send({ ...taken, intakeId, omsEventId: EVENT_PREFIX + understood[0]!.sourceEventId });
      },
    );
  }

  app.get(
    '/trouble-call/status',
    {
      schema: {
        summary: 'What became of a call',
        tags: ['ingest'],
        querystring: Which,
        response: { 200: TicketStatusSchema },
      },
    },
    async ({ query: { ticketId, omsEventId } }) => {
      const ticket = ticketId ?? omsEventId?.replace(EVENT_PREFIX, '');
      if (ticket === undefined) throw new GatewayError('OMS_BAD_REQUEST', ['ticketId or omsEventId is missing.']);
      const status = await calls.statusOf(ticket);
      if (!status) throw new GatewayError('OMS_UNKNOWN_TICKET', [ticket]);
      return { ticketId: ticket, omsEventId: EVENT_PREFIX + ticket, ...status };
    },
  );
};
