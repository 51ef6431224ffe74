import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { withAllSources } from '../../operators/model/outage-reading.js';
import type { OutageRecord } from '../../operators/model/outage.js';
import { errorAnswers, GatewayError } from '../errors.js';
import type { Services } from '../services.js';
import { DetailSchema } from './outage-detail-schema.js';
import { membersOf, timelineOf } from './outage-history.js';

const Which = Type.Object({ id: Type.String({ format: 'uuid' }) });
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One outage: its record, its members and why they belong to it, and its history. */
export const outageDetail: FastifyPluginAsyncTypebox<Services> = async (app, { database }) => {
  app.get(
    '/api/oms/outages/:id',
    {
      config: { scope: 'open' },
      schema: {
        summary: 'An outage with members and history; for one that merged, the outage it became part of',
        tags: ['outages'],
        params: Which,
        response: {
          200: DetailSchema,
          ...errorAnswers('OMS_BAD_REQUEST', 'OMS_UNKNOWN_OUTAGE', 'OMS_DATABASE_UNAVAILABLE'),
        },
      },
    },
    async ({ params: { id } }) => {
      if (!UUID.test(id)) throw new GatewayError('OMS_UNKNOWN_OUTAGE', [id]);
      const rows = await database.query<{ outage_id: string; record: OutageRecord }>(
        `select absorbed.outage_id, o.record
         from oms.survivor_of($1) as survivor(outage_id)
         cross join lateral oms.absorbed_by(survivor.outage_id) as absorbed(outage_id)
         join oms.outages o on o.outage_id = survivor.outage_id`,
        [id],
      );
      const [first] = rows;
      if (!first) throw new GatewayError('OMS_UNKNOWN_OUTAGE', [id]);
      const outage = withAllSources(first.record);
      const ids = rows.map(({ outage_id }) => outage_id);
      const [members, timeline] = await Promise.all([membersOf(database, outage, ids), timelineOf(database, ids)]);
      return { outage, members, timeline, mergedFrom: ids.filter((one) => one !== outage.outageId) };
    },
  );
};
