import type { ClientBase } from 'pg';
import type { Kind, OutageCommand, PlacedEvent, Reach } from '../../../operators/model/event.js';
import type { Source } from '../../../operators/model/source.js';
import { outageIdOf, type Named } from '../../../operators/model/identity.js';
import { timeOf } from '../../../operators/model/time.js';
import type { ComparedMember, Finding } from '../../../operators/reconcile/finding.js';
import { mayHaveLeft, type RepairBasis } from '../../../operators/reconcile/repair.js';
import { identityOf, memberKey } from '../../../operators/reconcile/stored-entry.js';

/** An event is received no earlier than this before the time that counts, and no later than so much after it. */
const EARLIER_MS = 5 * 60_000;
const LATER_MS = 400 * 86_400_000;

/** A copy that stands for a member may have happened so much later. */
const COPY_MS = 8 * 86_400_000;

interface EventRow {
  readonly source: Source;
  readonly kind: Kind;
  readonly type: string;
  readonly source_event_id: string;
  readonly asset_id: string | null;
  readonly customer_id: string | null;
  readonly dp_id: string | null;
  readonly reach: Reach;
  readonly occurred_at: Date;
  readonly received_at: Date;
  readonly feeder_customers: number;
  readonly flags: string[];
  readonly lat: number;
  readonly lon: number;
}

const EVENT_COLUMNS = `e.source, e.kind, e.type, e.source_event_id, e.asset_id, e.customer_id, e.dp_id, e.reach, e.occurred_at,
  e.received_at, e.feeder_customers, e.flags, st_y(e.geom) as lat, st_x(e.geom) as lon`;

/** Reads what the repair of a finding needs of the stored log. */
export async function readBasis(client: ClientBase, finding: Finding): Promise<RepairBasis> {
  const { substationId, feederId, stream, replay } = finding;
  const members = replay.flatMap((outage) => outage.members);
  const events = await readEvents(client, finding, members);
  const restorations = await readRestorations(client, finding, members);
  const openers = await readOpeners(client, finding);
  const ids = members.map((member) => outageIdOf({ substationId, feederId }, member, Date.parse(member.t)));
  const taken = await client.query<{ id: string }>(
    'select outage_id as id from oms.outages where outage_id = any ($1::uuid[])',
    [ids],
  );
  const takenIds = new Set(taken.rows.map(({ id }) => id));
  const decided = await client.query<{ id: string; body: Record<string, unknown> }>(
    `select named.outage_id as id, c.body
     from unnest($1::uuid[]) named (outage_id)
     cross join lateral oms.absorbed_by(named.outage_id) part (outage_id)
     join oms.commands c on c.outage_id = part.outage_id 
     order by c.log_partition, c.log_offset, c.log_index`,
    [stream.map(({ outageId }) => outageId)],
  );
  const watermark = await readWatermark(client, finding);
  const decidedAt = (outageId: string): number =>
    Math.max(...decided.rows.flatMap(({ id, body }) => (id === outageId ? [Date.parse(body.at as string)] : [])));
  return {
    eventOf: (member) => {
      const copies = events.get(identityOf(member)) ?? [];
      return copies.find((copy) => timeOf(copy) === Date.parse(member.t)) ?? copies[0] ?? null;
    },
    restorationsFor: (of) => firstSince(of, restorations),
    openerOf: (outageId) => openers.get(outageId) ?? null,
    hasLeft: (outage) => mayHaveLeft(outage, watermark, decidedAt(outage.outageId)),
    isTaken: (outageId) => takenIds.has(outageId),
    decisions: decided.rows
      .filter(({ body }) => body.command === 'restore' || body.command === 'close')
      .map(({ body }) => ({ ...body, at: Date.parse(body.at as string) }) as OutageCommand),
  };
}

/** The raw events of members, by {@link identityOf}, in the order of the log. */
async function readEvents(
  client: ClientBase,
  { substationId, feederId }: Finding,
  members: readonly ComparedMember[],
): Promise<Map<string, PlacedEvent[]>> {
  const times = timesOf(members);
  const { rows } = await client.query<EventRow>(
    `select ${EVENT_COLUMNS}
     from unnest($1::text[], $2::text[]) m (source, source_event_id)
     join oms.events e using (source, source_event_id)
     where e.substation_id = $3 and e.feeder_id = $4 and e.kind = 'outage' and e.received_at between $5 and $6
       and e.t <= $7
     order by e.log_partition, e.log_offset, e.log_index`,
    [members.map(({ source }) => source), members.map(({ sourceEventId }) => sourceEventId), substationId, feederId,
     new Date(times.first - EARLIER_MS), new Date(times.last + LATER_MS), new Date(times.last + COPY_MS)], // prettier-ignore
  );
  const events = new Map<string, PlacedEvent[]>();
  for (const row of rows) {
    const event = eventOf(row);
    const known = events.get(identityOf(event));
    if (known) known.push(event);
    else events.set(identityOf(event), [event]);
  }
  return events;
}

/** The restorations of the key since the first of the members. */
async function readRestorations(
  client: ClientBase,
  { substationId, feederId }: Finding,
  members: readonly ComparedMember[],
): Promise<PlacedEvent[]> {
  const since = timesOf(members).first;
  const { rows } = await client.query<EventRow>(
    `select ${EVENT_COLUMNS}
     from oms.events e
     where e.substation_id = $1 and e.feeder_id = $2 and e.kind = 'restoration' and e.t >= $3 and e.received_at >= $4
     order by e.t, e.source, e.source_event_id`,
    [substationId, feederId, new Date(since), new Date(since - EARLIER_MS)],
  );
  return rows.map(eventOf);
}

/** Which event opened each outage of the stream, those that merged into it among them, by its {@link memberKey}. */
async function readOpeners(client: ClientBase, { stream }: Finding): Promise<Map<string, string>> {
  const { rows } = await client.query<Named & { id: string; t: string | null }>(
    `select o.outage_id as id, o.record -> 'openedBy' ->> 'source' as source, o.record -> 'openedBy' ->> 'assetId' as "assetId",
       o.record -> 'openedBy' ->> 'sourceEventId' as "sourceEventId", o.record -> 'openedBy' ->> 't' as t
     from unnest($1::uuid[]) named (outage_id)
     cross join lateral oms.absorbed_by(named.outage_id) part (outage_id)
     join oms.outages o on o.outage_id = part.outage_id`,
    [stream.map(({ outageId }) => outageId)],
  );
  return new Map(
    rows.flatMap(({ id, t, ...event }) => (t === null ? [] : [[id, memberKey({ ...event, t })] as const])),
  );
}

/** How far the key has come, epoch ms: what is stored since its outages were heard of last is looked through. */
async function readWatermark(client: ClientBase, { substationId, feederId }: Finding): Promise<number> {
  const { rows } = await client.query<{ t: Date | null }>(
    `with heard as (
       select max(greatest(last_event_at, restored_at)) as t from oms.outages where substation_id = $1 and feeder_id = $2
     )
     select greatest(heard.t, (
       select max(e.t) from oms.events e
       where e.substation_id = $1 and e.feeder_id = $2 and e.received_at >= heard.t and e.t = e.occurred_at)) as t
     from heard`,
    [substationId, feederId],
  );
  return rows[0]!.t?.getTime() ?? -Infinity;
}

function timesOf(members: readonly ComparedMember[]): { readonly first: number; readonly last: number } {
  let first = Infinity;
  let last = -Infinity;
  for (const { t } of members) {
    first = Math.min(first, Date.parse(t));
    last = Math.max(last, Date.parse(t));
  }
  // Of a finding without members in the replay nothing is asked.
  return first === Infinity ? { first: 0, last: 0 } : { first, last };
}

function eventOf(row: EventRow): PlacedEvent {
  return {
    source: row.source,
    kind: row.kind,
    type: row.type,
    sourceEventId: row.source_event_id,
    assetId: row.asset_id,
    occurredAt: row.occurred_at.getTime(),
    receivedAt: row.received_at.getTime(),
    lat: row.lat,
    lon: row.lon,
    dpId: row.dp_id,
    reach: row.reach,
    customerId: row.customer_id,
    feederCustomers: row.feeder_customers,
    flags: row.flags,
  };
}

/**
 * Of restorations in the order of their times: for each event the first that says that its unit is back, and the first for all.
 */
export function firstSince(events: readonly PlacedEvent[], restorations: readonly PlacedEvent[]): PlacedEvent[] {
  const byUnit = new Map<string, PlacedEvent[]>();
  for (const restoration of restorations) {
    // Who tells that a customer is back is back himself: he may have reported when no customer was known.
    const units = restoration.reach === 'point' ? new Set([unitOf(restoration), reporterOf(restoration)]) : [''];
    for (const unit of units) {
      const known = byUnit.get(unit);
      if (known) known.push(restoration);
      else byUnit.set(unit, [restoration]);
    }
  }
  const found = new Set<PlacedEvent>();
  for (const event of events) {
    const t = timeOf(event);
    for (const unit of [unitOf(event), '']) {
      const first = byUnit.get(unit)?.find((restoration) => timeOf(restoration) >= t);
      if (first) found.add(first);
    }
  }
  return [...found];
}

/** What is out or back: the customer, or the reporter itself. */
function unitOf(event: PlacedEvent): string {
  return event.customerId === null ? reporterOf(event) : `\0${event.customerId}`;
}

function reporterOf({ source, assetId, sourceEventId, reach }: PlacedEvent): string {
  return `${source}/${assetId ?? `\0${reach === 'point' ? sourceEventId : `\0${reach}`}`}`;
}
