import type { ClientBase } from 'pg';
import type { Failure } from '../../../operators/model/rejections.js';
import type { Named } from '../../../operators/model/identity.js';
import type { Source } from '../../../operators/model/source.js';
import type { TimelineWord } from '../../../operators/model/timeline.js';
import type { StreamOutcome, Testimony } from '../../../operators/reconcile/causes.js';
import type { Finding } from '../../../operators/reconcile/finding.js';
import type { KeyBooks } from './key-batch.js';
import { identityOf, nameOf, type LogPlace } from '../../../operators/reconcile/stored-entry.js';

/** A difference, and the key that it is on. */
export interface Difference {
  readonly books: KeyBooks;
  readonly finding: Finding;
}

/** What is known of the events of some differences. */
export interface Testimonies {
  of(books: KeyBooks): Testimony;
  /** Outages of the stream that were opened twice under one id: the stored members are those of both. */
  readonly openedAnew: ReadonlySet<string>;
  /** By {@link identityOf}: events that are members of an outage which is not stored yet. */
  readonly notYetStored: ReadonlySet<string>;
}

interface OutcomeRow {
  readonly what: StreamOutcome['what'];
  readonly source: Source;
  readonly source_event_id: string;
  readonly watermark: Date | null;
  readonly detail: string | null;
  readonly log_partition: number;
  readonly log_offset: number;
  readonly log_index: number;
}

/** Asks what both engines made of the events in which stream and replay differ. */
export async function testimoniesOf(client: ClientBase, differences: readonly Difference[]): Promise<Testimonies> {
  const added = differences.flatMap(({ finding }) => finding.added);
  const removed = differences.flatMap(({ finding }) => finding.removed);
  const streamOutcomes = await readStreamOutcomes(client, added, placesOf(differences));
  const replayOutcomes = await readReplayOutcomes(
    client,
    differences.map(({ books }) => books.stretch.keyId),
    removed,
  );
  const outageIds = differences.flatMap(({ finding }) => finding.stream.map(({ outageId }) => outageId));
  const joined = [...new Set(differences.flatMap(({ books }) => [...books.joinedStream.values()]))];
  return {
    of: ({ stretch: { substationId, feederId }, entries, joinedStream, joinedReplay }) => ({
      substationId,
      feederId,
      entries,
      joinedStream,
      joinedReplay,
      streamOutcomes,
      replayOutcomes,
    }),
    openedAnew: await readOpenedAnew(client, [...new Set([...outageIds, ...joined])]),
    notYetStored: await readNotYetStored(client, added),
  };
}

type Identity = Pick<Named, 'source' | 'sourceEventId'>;

const columns = (identities: readonly Identity[]): [string[], string[]] => [
  identities.map(({ source }) => source),
  identities.map(({ sourceEventId }) => sourceEventId),
];

/** Where the events stand on the log of which nothing may be known but that place. */
function placesOf(differences: readonly Difference[]): (LogPlace & Identity)[] {
  return differences.flatMap(({ books, finding }) =>
    finding.added.flatMap((member) =>
      books.entries.copiesOf(member).map(({ source, sourceEventId, log }) => ({ source, sourceEventId, ...log })),
    ),
  );
}

async function readStreamOutcomes(
  client: ClientBase,
  added: readonly Identity[],
  places: readonly (LogPlace & Identity)[],
): Promise<Map<string, StreamOutcome[]>> {
  const { rows } = await client.query<OutcomeRow>(
    `with added as (
       select distinct * from unnest($1::text[], $2::text[]) a (source, source_event_id)
     ), places as (
       select * from unnest($3::text[], $4::text[], $5::integer[], $6::bigint[], $7::integer[])
         p (source, source_event_id, log_partition, log_offset, log_index)
     )
     select reason as what, source, source_event_id, watermark, null as detail, log_partition, log_offset::float8, log_index
     from oms.late join added using (source, source_event_id)
     union all
     select 'duplicate', source, source_event_id, null, null, log_partition, log_offset::float8, log_index
     from oms.witnesses join added using (source, source_event_id)
     where what = 'duplicate'
     union all
     select 'setAside', p.source, p.source_event_id, null, r.detail, p.log_partition, p.log_offset::float8, p.log_index
     from places p
     join oms.rejected r on r.reason = $8 and r.topic like '%oms.events' and r.partition = p.log_partition
       and r."offset" = p.log_offset`,
    [
      ...columns(added),
      ...columns(places),
      places.map(({ partition }) => partition),
      places.map(({ offset }) => offset),
      places.map(({ index }) => index),
      'operatorFailed' satisfies Failure,
    ],
  );
  const outcomes = new Map<string, StreamOutcome[]>();
  for (const row of rows) {
    const name = nameOf({ source: row.source, sourceEventId: row.source_event_id });
    const log = { partition: row.log_partition, offset: row.log_offset, index: row.log_index };
    const outcome = { what: row.what, watermark: row.watermark?.getTime() ?? null, detail: row.detail, log };
    outcomes.set(name, [...(outcomes.get(name) ?? []), outcome]);
  }
  return outcomes;
}

async function readReplayOutcomes(
  client: ClientBase,
  keyIds: readonly number[],
  removed: readonly Identity[],
): Promise<Map<string, string>> {
  const { rows } = await client.query<NamedRow & { outcome: string }>(
    `with removed as (
       select distinct * from unnest($2::text[], $3::text[]) r (source, source_event_id)
     )
     select source, asset_id, source_event_id, 'late' as outcome, 0 as seq
     from reconcile.late join removed using (source, source_event_id)
     where key_id = any ($1)
     union all
     select source, asset_id, source_event_id, outcome, seq
     from reconcile.reports join removed using (source, source_event_id)
     where key_id = any ($1) and kind = 'outage'
     order by seq`,
    [keyIds, ...columns(removed)],
  );
  return new Map(rows.map((row) => [identityOf(namedOf(row)), row.outcome]));
}

interface NamedRow {
  readonly source: Source;
  readonly asset_id: string | null;
  readonly source_event_id: string;
}

function namedOf({ source, asset_id: assetId, source_event_id: sourceEventId }: NamedRow): Named {
  return { source, assetId, sourceEventId };
}

async function readOpenedAnew(client: ClientBase, outageIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await client.query<{ id: string }>(
    `select outage_id as id from oms.timeline where outage_id = any ($1) and what = $2 group by outage_id having count(*) > 1`,
    [outageIds, 'opened' satisfies TimelineWord],
  );
  return new Set(rows.map(({ id }) => id));
}

async function readNotYetStored(client: ClientBase, added: readonly Identity[]): Promise<Set<string>> {
  const { rows } = await client.query<NamedRow>(
    `select source, asset_id, source_event_id
     from oms.members
     join (select distinct * from unnest($1::text[], $2::text[]) a (source, source_event_id)) added using (source, source_event_id)
     left join oms.outages o using (outage_id)
     where o.outage_id is null`,
    columns(added),
  );
  return new Set(rows.map((row) => identityOf(namedOf(row))));
}
