import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { cleanId } from '../../operators/model/id-text.js';
import { NetworkId } from '../../operators/network/network-schema.js';
import type { NetworkElement } from '../../operators/network/registry.js';
import { errorAnswers, GatewayError } from '../errors.js';
import type { Services } from '../services.js';
import { JSON_ERRORS, readJson } from './body.js';

const Mapping = Type.Object({ onuId: NetworkId, meterId: NetworkId });
const Mapped = Type.Object({ status: Type.Literal('mapped'), onuId: Type.String(), meterId: Type.String() });

/** What is known of optical network units. */
export const onuMeters: FastifyPluginAsyncTypebox<Services> = async (app, { database, publisher, topics }) => {
  readJson(app);

  app.post(
    '/api/onu/map-meter',
    {
      config: { scope: 'open' },
      schema: {
        summary: 'Says which meter stands beside an ONU',
        tags: ['ingest'],
        body: Mapping,
        response: { 200: Mapped, ...errorAnswers(...JSON_ERRORS, 'OMS_KAFKA_UNAVAILABLE', 'OMS_DATABASE_UNAVAILABLE') },
      },
    },
    async ({ body }) => {
      // As events have them: what is around an id is none of it.
      const [onuId, meterId] = [cleanId(body.onuId), cleanId(body.meterId)];
      if (onuId === '' || meterId === '') throw new GatewayError('OMS_BAD_REQUEST', ['onuId or meterId is empty.']);
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
      return { status: 'mapped' as const, onuId, meterId };
    },
  );
};
