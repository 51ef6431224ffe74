import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { canonicalEvent } from '../../operators/canonical-event.js';
import type { NetworkElement } from '../../operators/registry.js';
import { eventFrame, EventStream } from '../event-stream.js';
import type { Services } from '../services.js';
import { Id, LatLng, oneOrMany, optional, readJson, TakenSchema } from './body.js';
import { takeIn } from './intake.js';

const Alert = Type.Object(
  {
    type: Type.String({ minLength: 1, examples: ['ONU_LastGaspAlert', 'ONU_PowerRestored'] }),
    onuId: Id,
    timestamp: Type.String({ minLength: 1, description: 'ISO 8601' }),
    eventId: optional(Id),
    onuSerial: optional(Type.String()),
    location: optional(LatLng),
    associatedMeters: optional(Type.Array(Type.Unknown())),
    nmsType: optional(Type.String()),
    alarmData: optional(Type.Object({}, { additionalProperties: true })),
  },
  { additionalProperties: true },
);

const NetworkId = Type.String({
  description: 'an id without control characters, at most 256 long',
  minLength: 1,
  maxLength: 256,
  pattern: '^[^\\u0000-\\u001f\\u007f]*\\S[^\\u0000-\\u001f\\u007f]*$',
});
const Mapping = Type.Object({ onuId: NetworkId, meterId: NetworkId });

/** Alerts of optical network units, and what is known of them. */
export const onu: FastifyPluginAsyncTypebox<Services> = async (app, services) => {
  const { database, publisher, topics, onuAlarms, metrics } = services;
  readJson(app);

  app.post(
    '/onu-event',
    {
      schema: {
        summary: 'An alert of an ONU',
        tags: ['ingest'],
        body: oneOrMany(Alert),
        response: { 202: TakenSchema },
      },
    },
    async (request, reply) => {
      const { taken, understood } = await takeIn(services, request, {
        source: 'onu',
        by: 'onu',
        what: 'onu',
        contentType: 'application/json',
      });
      for (const event of understood) {
        onuAlarms.broadcast(eventFrame('alarm', JSON.stringify(canonicalEvent(event))));
      }
      return reply.code(202).send(taken);
    },
  );

  app.post(
    '/api/onu/map-meter',
    { schema: { summary: 'Says which meter stands beside an ONU', tags: ['ingest'], body: Mapping } },
    async ({ body: { onuId, meterId } }) => {
      const change: NetworkElement = { kind: 'onu', element: { onuId, meterId } };
      // Published last: should Kafka not take it, the database does not have it either.
      await database.transaction(async (query) => {
        await query(
          `insert into network.onu_meters (onu_id, meter_id) values ($1, $2)
           on conflict (onu_id) do update set meter_id = excluded.meter_id, mapped_at = now()`,
          [onuId, meterId],
        );
        await publisher.publish(topics.network, { key: `onu/${onuId}`, value: JSON.stringify(change) });
      });
      return { status: 'mapped', onuId, meterId };
    },
  );

  app.get(
    '/api/onu/alarms',
    {
      schema: { summary: 'ONU alerts as they come (server-sent events)', tags: ['ingest'] },
      config: { endless: true },
    },
    (_request, reply) => {
      const stream = new EventStream(reply);
      stream.send(eventFrame('hello', JSON.stringify({ at: new Date().toISOString() })));
      onuAlarms.add(stream);
      metrics.listeners.inc({ stream: 'onu' });
      stream.onClose(() => metrics.listeners.dec({ stream: 'onu' }));
    },
  );
};
