import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { KINDS, REACHES } from '../../operators/model/event.js';
import { SOURCES } from '../../operators/model/source.js';
import { OutageRecordSchema, type OutageRecord } from '../../operators/model/outage.js';
import { errorAnswers, GatewayError } from '../errors.js';
import type { Services } from '../services.js';
import { membersOf, timelineOf } from './outage-history.js';

const Text = Type.Union([Type.String(), Type.Null()]);
const Time = Type.String({ format: 'date-time' });
const Degrees = Type.Union([Type.Number(), Type.Null()]);
const Log = Type.Object({ partition: Type.Integer(), offset: Type.Integer() });

const Member = Type.Object({
  source: Type.Enum([...SOURCES]),
  sourceEventId: Type.String(),
  kind: Type.Enum([...KINDS]),
  type: Type.String(),
  assetId: Text,
  customerId: Text,
  dpId: Text,
  reach: Type.Enum([...REACHES]),
  t: Time,
  receivedAt: Time,
  lat: Degrees,
  lon: Degrees,
  flags: Type.Array(Type.String()),
  link: Type.Union([
    Type.Object({
      source: Type.Enum([...SOURCES]),
      sourceEventId: Type.String(),
      distanceM: Degrees,
      dtMs: Type.Integer(),
    }),
    Type.Null(),
  ]),
  amended: Type.Boolean({ description: 'a correction took it in' }),
  log: Log,
});

const Entry = Type.Object({
  at: Time,
  what: Type.String(),
  from: Text,
  to: Text,
  by: Text,
  cause: Text,
  reason: Text,
  log: Log,
});

const Detail = Type.Object({
  outage: Type.Object(OutageRecordSchema.properties),
  members: Type.Array(Member),
  timeline: Type.Array(Entry),
  mergedFrom: Type.Array(Type.String({ format: 'uuid' })),
});

const Which = Type.Object({ id: Type.String({ format: 'uuid' }) });
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One outage: its record, its members and why they belong to it, and its history. */
export const outageDetail: FastifyPluginAsyncTypebox<Services> = async (app, { database }) => {
  app.get(
    '/api/oms/outages/:id',
    {
      schema: {
        summary: 'An outage with members and history; for one that merged, the outage it became part of',
        tags: ['outages'],
        params: Which,
        response: { 200: Detail, ...errorAnswers('OMS_BAD_REQUEST', 'OMS_UNKNOWN_OUTAGE', 'OMS_DATABASE_UNAVAILABLE') },
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
      const outage = rows[0]?.record;
      if (!outage) throw new GatewayError('OMS_UNKNOWN_OUTAGE', [id]);
      const ids = rows.map(({ outage_id }) => outage_id);
      const [members, timeline] = await Promise.all([membersOf(database, outage, ids), timelineOf(database, ids)]);
      return { outage, members, timeline, mergedFrom: ids.filter((one) => one !== outage.outageId) };
    },
  );
};
