import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { COMMANDS, keyText, type Key, type OutageCommand } from '../../operators/model/event.js';
import { encodeCommands } from '../../operators/log/log-record.js';
import { DescribedTime } from '../../operators/normalise/report-schema.js';
import { traces } from '../../connections/telemetry/traces.js';
import { errorAnswers, GatewayError } from '../errors.js';
import { JSON_ERRORS, readJson } from '../ingest/body.js';
import type { Services } from '../services.js';
import { timeOf } from './time-text.js';

const Text = Type.String({
  minLength: 1,
  maxLength: 256,
  pattern: '^[^\\u0000]*\\S[^\\u0000]*$',
  description: 'a text that is not blank',
});
const Reason = Type.String({ maxLength: 4000, pattern: '^[^\\u0000]*$', description: 'a text' });

const Decision = Type.Object(
  {
    command: Type.Enum([...COMMANDS]),
    author: Text,
    reason: Type.Optional(Type.Union([Reason, Type.Null()])),
    crew: Type.Optional(Text),
    leaves: Type.Optional(Type.Boolean({ description: 'crew: it leaves' })),
    etr: Type.Optional(Type.Union([DescribedTime, Type.Null()], { description: 'etr: null withdraws it' })),
    at: Type.Optional(DescribedTime),
    commandId: Type.Optional(Type.String({ format: 'uuid', description: 'sent twice, it counts once' })),
  },
  {
    additionalProperties: false,
    allOf: [
      { if: { properties: { command: { const: 'crew' } } }, then: { required: ['crew'] } },
      { if: { properties: { command: { const: 'etr' } } }, then: { required: ['etr'] } },
      { if: { properties: { command: { const: 'note' } } }, then: { required: ['reason'] } },
    ],
  },
);

const Which = Type.Object({ id: Type.String({ format: 'uuid' }) });
const Accepted = Type.Object({
  status: Type.Literal('accepted'),
  commandId: Type.String({ format: 'uuid' }),
  outageId: Type.String({ format: 'uuid' }),
});
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What people decide about an outage: put on the log, in one order with what the field reports. */
export const commands: FastifyPluginAsyncTypebox<Services> = async (app, services) => {
  const { publisher, topics } = services;
  const { timeZone } = services.environment;
  readJson(app);

  app.post(
    '/api/oms/outages/:id/commands',
    {
      config: { scope: 'open' },
      schema: {
        summary: 'Confirms, cancels, restores ... an outage',
        tags: ['outages'],
        params: Which,
        body: Decision,
        response: {
          202: Accepted,
          ...errorAnswers(...JSON_ERRORS, 'OMS_UNKNOWN_OUTAGE', 'OMS_KAFKA_UNAVAILABLE', 'OMS_DATABASE_UNAVAILABLE'),
        },
      },
    },
    async ({ params, body, headers: sent }, reply) => {
      const outageId = params.id.toLowerCase();
      const { command, author, reason = null, crew, leaves, etr, at, commandId = randomUUID() } = body;
      const decision: OutageCommand = {
        command,
        commandId,
        outageId,
        at: at === undefined ? Date.now() : timeOf('at', at, timeZone),
        author,
        reason,
        ...(crew === undefined ? {} : { crew }),
        ...(leaves === undefined ? {} : { leaves }),
        ...(etr === undefined ? {} : { etr: etr === null ? null : timeOf('etr', etr, timeZone) }),
      };
      const key = await keyOf(outageId, services);
      if (!key) throw new GatewayError('OMS_UNKNOWN_OUTAGE', [outageId]);
      const attributes = { 'oms.command': command, 'oms.command_id': commandId, 'oms.outage': outageId };
      const headers = traces.step({ name: 'decide', attributes }, traces.sentWith(sent));
      await publisher.publish(topics.events, { key: keyText(key), value: encodeCommands([decision]), headers });
      return reply.code(202).send({ status: 'accepted', commandId, outageId });
    },
  );
};

/** The key of an outage: what was just published may not be stored yet. */
async function keyOf(outageId: string, { outageFeed, database }: Services): Promise<Key | null> {
  const live = outageFeed.keyOf(outageId);
  if (live || !UUID.test(outageId)) return live;
  const [row] = await database.query<{ substationId: string; feederId: string }>(
    `select substation_id as "substationId", feeder_id as "feederId" from oms.outages where outage_id = $1`,
    [outageId],
  );
  return row ?? null;
}
