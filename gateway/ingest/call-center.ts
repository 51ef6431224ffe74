import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { MAX_VALUE_BYTES } from '../../operators/normalise/normalise.js';
import { errorAnswers, GatewayError } from '../errors.js';
import { json, readBytes } from './body.js';
import { acceptReports, INTAKE_ERRORS, READ_LATER, takeIn, type IntakeServices } from './intake.js';
import { DESCRIBED, TakenSchema } from './report.js';
import { TicketStatusSchema, TroubleCalls } from './trouble-calls.js';

const Intaken = Type.Intersect([TakenSchema, Type.Object({ intakeId: Type.String(), omsEventId: Type.String() })]);

/** A ticket as the rest of the system knows it: the identity of its event. */
const EVENT_PREFIX = 'call_center/';

const Printable = { pattern: '^[^\\u0000]*$', description: 'an id' };
const Which = Type.Object({
  ticketId: Type.Optional(Type.String({ minLength: 1, maxLength: 256, ...Printable })),
  omsEventId: Type.Optional(Type.String({ minLength: 1, maxLength: 300, ...Printable })),
});

/** Trouble calls: customers without supply. */
export const callCenter: FastifyPluginAsyncTypebox<IntakeServices> = async (app, services) => {
  const calls = new TroubleCalls(services.database);
  readBytes(app, { contents: [json(MAX_VALUE_BYTES)], budget: services.budget });

  for (const path of ['/trouble-call/intake', '/call-center-ticket-generator']) {
    app.post(
      path,
      {
        config: { scope: 'open' },
        ...READ_LATER,
        schema: {
          summary: 'A trouble call',
          tags: ['ingest'],
          body: DESCRIBED.call_center,
          response: { 202: Intaken, ...errorAnswers(...INTAKE_ERRORS) },
        },
      },
      async (request, reply) => {
        const intakeId = randomUUID();
        const taken = await takeIn(services, request, {
          source: 'call_center',
          by: 'call-center',
          what: 'call_center',
          contentType: 'application/json',
          id: intakeId,
        });
        const { told } = taken.assessment;
        for (const ticketId of told) calls.remember(ticketId);
        const omsEventId = EVENT_PREFIX + told[0]!;
        return acceptReports(reply, taken, { intakeId, omsEventId });
      },
    );
  }

  app.get(
    '/trouble-call/status',
    {
      config: { scope: 'open' },
      schema: {
        summary: 'What became of a call, by either id',
        tags: ['ingest'],
        querystring: Which,
        response: {
          200: TicketStatusSchema,
          ...errorAnswers('OMS_BAD_REQUEST', 'OMS_UNKNOWN_TICKET', 'OMS_DATABASE_UNAVAILABLE'),
        },
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
