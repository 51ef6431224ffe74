import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { withAllSources } from '../../operators/model/outage-reading.js';
import { OutageRecordSchema } from '../../operators/model/outage-schema.js';
import { SEVERITIES, type OutageRecord } from '../../operators/model/outage.js';
import { STATUSES } from '../../operators/model/status.js';
import { formatTime } from '../../operators/model/time.js';
import { DATE } from '../../operators/normalise/report-schema.js';
import { errorAnswers } from '../errors.js';
import type { Services } from '../services.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { timeOf } from './time-text.js';

const DEFAULT_LIMIT = 100;

const some = (names: readonly string[]) =>
  Type.Optional(
    Type.String({
      pattern: `^(${names.join('|')})(,(${names.join('|')}))*$`,
      description: `some of ${names.join(', ')}`,
    }),
  );

const Id = Type.String({ minLength: 1, pattern: '^[^\\u0000]*$', description: 'an id' });

const Filter = Type.Object({
  status: some(STATUSES),
  severity: some(SEVERITIES),
  substation: Type.Optional(Id),
  feeder: Type.Optional(Id),
  since: Type.Optional(
    Type.String({
      format: 'date-time',
      pattern: DATE,
      description: 'ISO 8601: only what was heard of since',
    }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: DEFAULT_LIMIT })),
  cursor: Type.Optional(Type.String({ maxLength: 200, description: 'nextCursor of the page before' })),
});

const Page = Type.Object({
  outages: Type.Array(Type.Object(OutageRecordSchema.properties)),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

/** Outages page by page, those heard of last first. */
export const outages: FastifyPluginAsyncTypebox<Services> = async (app, { database, environment }) => {
  app.get(
    '/api/oms/outages',
    {
      config: { scope: 'open' },
      schema: {
        summary: 'Outages, newest report first',
        tags: ['outages'],
        querystring: Filter,
        response: {
          200: Page,
          ...errorAnswers('OMS_BAD_REQUEST', 'OMS_BAD_CURSOR', 'OMS_DATABASE_UNAVAILABLE'),
        },
      },
    },
    async ({ query: { status, severity, substation, feeder, since, limit = DEFAULT_LIMIT, cursor } }) => {
      const after = cursor === undefined ? null : decodeCursor(cursor);
      const sinceMs = since === undefined ? null : timeOf('since', since, environment.timeZone);
      const rows = await database.query<{ record: OutageRecord }>(
        `select record
         from oms.outages
         where ($1::text[] is null or status = any ($1))
           and ($2::text[] is null or severity = any ($2))
           and ($3::text is null or substation_id = $3)
           and ($4::text is null or feeder_id = $4)
           and ($5::timestamptz is null or last_event_at >= $5)
           and ($6::timestamptz is null
             or (last_event_at <= $6 and (last_event_at < $6 or outage_id > $7::uuid)))
         order by last_event_at desc, outage_id
         limit $8`,
        [
          status?.split(',') ?? null,
          severity?.split(',') ?? null,
          substation ?? null,
          feeder ?? null,
          sinceMs === null ? null : formatTime(sinceMs),
          after?.lastEventAt ?? null,
          after?.outageId ?? null,
          limit + 1,
        ],
      );
      const page = rows.slice(0, limit).map(({ record }) => withAllSources(record));
      return { outages: page, nextCursor: rows.length > limit ? encodeCursor(page.at(-1)!) : null };
    },
  );
};
