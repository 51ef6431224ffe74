import type { Source } from '../../operators/model/source.js';
import type { OutageRecord } from '../../operators/model/outage.js';
import type { Database } from '../database.js';
import type { Member, TimelineEntry } from './outage-story.js';

interface MemberRow extends Omit<Member, 't' | 'receivedAt' | 'link' | 'log'> {
  readonly t: Date;
  readonly receivedAt: Date;
  readonly linkSource: Source | null;
  readonly linkSourceEventId: string | null;
  readonly linkAssetId: string | null;
  readonly linkDistanceM: number | null;
  readonly linkDtMs: string | null;
  readonly partition: number;
  readonly offset: string;
}

/** Raw events lie in a table a day: between these times those of an outage were received. */
const EARLIER_MS = 3_600_000;
const LATER_MS = 8 * 86_400_000;
/** More than any page can show; a whole substation is some ten thousand. */
const MAX_MEMBERS = 50_000;

/**
 * Members of an outage and of what merged into it, and the restorations that concerned it, in the order of their times.
 * Of a member whose raw event is past its retention the database knows only why it joined.
 * @param ids of the outage and of all that merged into it
 */
export async function membersOf(database: Database, outage: OutageRecord, ids: readonly string[]): Promise<Member[]> {
  const from = new Date(Date.parse(outage.firstDetectedAt) - EARLIER_MS);
  const to = new Date(Date.parse(outage.restoredAt ?? outage.lastEventAt) + LATER_MS);
  const rows = await database.query<MemberRow>(
    `with joined as (
       select source, source_event_id, asset_id, 'outage' as kind, t, link_source, link_source_event_id, link_asset_id,
         link_distance_m, link_dt_ms, nth, log_partition, log_offset, log_index
       from oms.members where outage_id = any ($1::uuid[])
       union all
       select distinct source, source_event_id, null, 'restoration', null::timestamptz, null, null, null, null::float8,
         null::bigint, 0, log_partition, log_offset, log_index
       from oms.witnesses where outage_id = any ($1::uuid[]) and what = 'restoration'
     )
     select j.source, j.source_event_id as "sourceEventId", j.kind, j.nth > 0 as amended, coalesce(e.type, '') as type,
       coalesce(e.asset_id, j.asset_id) as "assetId", e.customer_id as "customerId", e.dp_id as "dpId", coalesce(e.reach, 'point') as reach,
       coalesce(j.t, e.t) as t, coalesce(e.received_at, j.t) as "receivedAt", e.lat, e.lon,
       coalesce(e.flags, '{}') as flags, j.link_source as "linkSource", j.link_source_event_id as "linkSourceEventId",
       j.link_asset_id as "linkAssetId", j.link_distance_m as "linkDistanceM", j.link_dt_ms as "linkDtMs",
       j.log_partition as partition, j.log_offset as offset
     from joined j
     left join lateral (
       (
         select e.type, e.asset_id, e.customer_id, e.dp_id, e.reach, e.t, e.received_at, st_y(e.geom) as lat,
           st_x(e.geom) as lon, e.flags
         from oms.events e
         where j.nth = 0 and e.source = j.source and e.log_partition = j.log_partition
           and e.log_offset = j.log_offset and e.log_index = j.log_index and e.received_at between $2 and $3
       )
       union all
       -- What a correction took in stands in it.
       (
         select m ->> 'type', m ->> 'assetId', m ->> 'customerId', m ->> 'dpId', m ->> 'reach', null,
           (m ->> 'receivedAt')::timestamptz, (m ->> 'lat')::float8, (m ->> 'lon')::float8,
           array(select jsonb_array_elements_text(m -> 'flags'))
         from oms.commands c, lateral (select c.body -> 'members' -> (j.nth - 1) as m) taken_in
         where j.nth > 0 and c.log_partition = j.log_partition and c.log_offset = j.log_offset
           and c.log_index = j.log_index
       )
       limit 1
     ) e on true
     where coalesce(j.t, e.t) is not null
     order by coalesce(j.t, e.t), j.log_partition, j.log_offset, j.log_index
     limit ${MAX_MEMBERS}`,
    [ids, from, to],
  );
  return rows.map(memberOf);
}

function memberOf(row: MemberRow): Member {
  const {
    t,
    receivedAt,
    linkSource,
    linkSourceEventId,
    linkAssetId,
    linkDistanceM,
    linkDtMs,
    partition,
    offset,
    ...facts
  } = row;
  return {
    ...facts,
    t: t.toISOString(),
    receivedAt: receivedAt.toISOString(),
    link:
      linkSource === null || linkSourceEventId === null
        ? null
        : {
            source: linkSource,
            sourceEventId: linkSourceEventId,
            assetId: linkAssetId,
            distanceM: linkDistanceM,
            dtMs: Number(linkDtMs),
          },
    log: { partition, offset: Number(offset) },
  };
}

interface TimelineRow extends Omit<TimelineEntry, 'at' | 'log'> {
  readonly at: Date;
  readonly partition: number;
  readonly offset: string;
}

/** The history of an outage and of what merged into it, in the order of the log. */
export async function timelineOf(database: Database, ids: readonly string[]): Promise<TimelineEntry[]> {
  const rows = await database.query<TimelineRow>(
    `select at, what, from_value as from, to_value as to, by, cause, reason, log_partition as partition,
       log_offset as offset
     from oms.timeline
     where outage_id = any ($1::uuid[])
     order by log_partition, log_offset, log_index, seq`,
    [ids],
  );
  return rows.map(({ at, partition, offset, ...entry }) => ({
    ...entry,
    at: at.toISOString(),
    log: { partition, offset: Number(offset) },
  }));
}
