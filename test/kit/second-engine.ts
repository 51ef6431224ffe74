/** Feeds the second engine, in SQL, and reads its outages in the form of the first one's records. */
import { canonicalCommand, canonicalEvent } from '../../operators/model/canonical-event.js';
import { Correlator } from '../../operators/correlate/correlate.js';
import { Memberships } from '../../operators/correlate/memberships.js';
import { isCommand, type Command, type Key, type LogEntry, type PlacedEvent } from '../../operators/model/event.js';
import { SOURCES } from '../../operators/model/source.js';
import type { Network } from '../../operators/network/network.js';
import type { OutageRecord } from '../../operators/model/outage.js';
import { formatTime, timeOf } from '../../operators/model/time.js';
import type { TestDatabase } from './database.js';
import { HERE } from './random-log.js';

/** What both engines must say of an outage. */
export type Compared = Omit<OutageRecord, 'revision' | 'log' | 'bbox'> & { readonly members: readonly string[] };

/** One key and its log. */
export interface KeyLog {
  readonly key: Key;
  readonly entries: readonly LogEntry[];
  /** Where its feeder is; its events lie within 5 km. */
  readonly at?: { readonly lat: number; readonly lon: number };
}

/** A network in which each key has a substation of its own. */
export function networkOf(logs: readonly KeyLog[]): Network {
  const sites = logs.map(({ key, at }) => ({ ...key, name: key.feederId, ...(at ?? HERE) }));
  return {
    substations: sites.map((site) => ({ ...site, voltageKv: null })),
    feeders: sites,
    devices: [],
    sections: [],
    distributionPoints: [],
    customers: [],
  };
}

/** What the first engine makes of logs, by key. */
export function firstEngine(logs: readonly KeyLog[]): Compared[] {
  return logs.flatMap(({ key, entries }) => {
    const correlator = new Correlator();
    const outages = new Map<string, OutageRecord>();
    const members = new Memberships(({ source, sourceEventId, assetId, t }) =>
      memberText(source, sourceEventId, assetId ?? null, t),
    );
    entries.forEach((entry, offset) => {
      const outcome = correlator.apply(key, [entry], { partition: 0, offset });
      // As it is published: JSON knows no -0.
      for (const outage of outcome.outages)
        outages.set(outage.outageId, JSON.parse(JSON.stringify(outage)) as OutageRecord);
      members.take(outcome.evidence);
    });
    return [...outages.values()].map(({ revision: _, log: __, bbox: ___, ...outage }) => ({
      ...outage,
      members: [...members.of(outage.outageId)].sort(),
    }));
  });
}

/** Feeds logs to oms_correlate_events and its like, entry by entry. */
export async function feedRows(database: TestDatabase, run: string, logs: readonly KeyLog[]): Promise<void> {
  for (const { key, entries } of logs) {
    let events: PlacedEvent[] = [];
    for (const entry of entries) {
      if (!isCommand(entry)) {
        events.push(entry);
        continue;
      }
      await feedEvents(database, run, key, events);
      events = [];
      await feedCommand(database, run, key, entry);
    }
    await feedEvents(database, run, key, events);
  }
}

async function feedEvents(
  database: TestDatabase,
  run: string,
  key: Key,
  events: readonly PlacedEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await database.rows(
    `select oms_correlate_events(kind, source, "sourceEventId", "occurredAt", lat, lon, p_substation_id => $2, p_feeder_id => $3,
       p_asset_id => "assetId", p_reach => reach, p_received_at => "receivedAt", p_customer_id => "customerId",
       p_feeder_customers => "feederCustomers", p_run => $4, p_type => type)
     from jsonb_to_recordset($1) as e (kind text, type text, source text, "sourceEventId" text, "occurredAt" timestamptz, lat float8,
       lon float8, "assetId" text, reach text, "receivedAt" timestamptz, "customerId" text, "feederCustomers" integer)`,
    [JSON.stringify(events.map(withTimes)), key.substationId, key.feederId, run],
  );
}

async function feedCommand(database: TestDatabase, run: string, key: Key, command: Command): Promise<void> {
  if (command.command === 'rules') {
    await database.rows(
      'select oms_reconcile_rules($1, $2, $3, $4, p_command_id => $5, p_author => $6, p_run => $7)',
      [JSON.stringify(command.ruleSet), formatTime(command.validFrom), key.substationId, key.feederId, command.commandId,
       command.author, run], // prettier-ignore
    );
    return;
  }
  if (command.command === 'meaning') {
    await database.rows(
      'select oms_reconcile_meaning($1, $2, $3, p_command_id => $4, p_author => $5, p_run => $6)',
      [command.number, key.substationId, key.feederId, command.commandId, command.author, run], // prettier-ignore
    );
    return;
  }
  if (command.command === 'amend') {
    await database.rows(
      'select oms_reconcile_amend($1, $2, $3, $4, $5, $6, p_at => $7, p_author => $8, p_command_id => $9, p_run => $10)',
      [command.outageId, JSON.stringify(command.members.map(canonicalEvent)), command.whole, command.absorbs,
       key.substationId, key.feederId, formatTime(command.at), command.author, command.commandId, run], // prettier-ignore
    );
    return;
  }
  const { outageId, at, author, crew = null, leaves = false, etr = null, flag = null, commandId } = command;
  await database.rows('select oms_reconcile_command($1, $2, $3, $4, null, $5, $6, $7, $8, $9, $10)', [
    command.command, outageId, formatTime(at), author, crew, leaves, etr === null ? null : formatTime(etr), flag, commandId, run,
  ]); // prettier-ignore
}

function withTimes(event: PlacedEvent): object {
  return { ...event, occurredAt: formatTime(event.occurredAt), receivedAt: formatTime(event.receivedAt) };
}

/** Puts logs into the tables of the raw log, as the sink does. */
export async function storeLog(database: TestDatabase, logs: readonly KeyLog[]): Promise<void> {
  const placed = logs.flatMap(({ key, entries }, partition) =>
    entries.map((entry, offset) => ({ ...key, entry, log_partition: partition, log_offset: offset, log_index: 0 })),
  );
  for (const source of SOURCES) {
    const rows = placed.flatMap(({ entry, ...place }) =>
      isCommand(entry) || entry.source !== source
        ? []
        : [{ ...withTimes(entry), ...place, t: formatTime(timeOf(entry)) }],
    );
    await database.rows(
      `insert into ${source}.events (source_event_id, kind, type, asset_id, customer_id, dp_id, substation_id, feeder_id, reach,
         occurred_at, received_at, t, feeder_customers, flags, geom, log_partition, log_offset, log_index)
       select "sourceEventId", kind, type, "assetId", "customerId", null, "substationId", "feederId", reach, "occurredAt", "receivedAt",
         t, "feederCustomers", '{}', st_setsrid(st_makepoint(lon, lat), 4326), log_partition, log_offset, log_index
       from jsonb_to_recordset($1) as e ("sourceEventId" text, kind text, type text, "assetId" text, "customerId" text, "substationId" text,
         "feederId" text, reach text, "occurredAt" timestamptz, "receivedAt" timestamptz, t timestamptz, "feederCustomers" integer,
         lat float8, lon float8, log_partition integer, log_offset bigint, log_index integer)`,
      [JSON.stringify(rows)],
    );
  }
  const commands = placed.flatMap(({ entry, ...place }) =>
    isCommand(entry) ? [{ ...place, body: canonicalCommand(entry) }] : [],
  );
  await database.rows(
    `insert into oms.commands (command_id, command, outage_id, substation_id, feeder_id, at, author, reason, body, log_partition,
       log_offset, log_index)
     select body ->> 'commandId', body ->> 'command', (body ->> 'outageId')::uuid, "substationId", "feederId",
       (body ->> 'at')::timestamptz, body ->> 'author', body ->> 'reason', body, log_partition, log_offset, log_index
     from jsonb_to_recordset($1) as c ("substationId" text, "feederId" text, body jsonb, log_partition integer, log_offset bigint,
       log_index integer)`,
    [JSON.stringify(commands)],
  );
}

interface OutageRow {
  readonly substation_id: string;
  readonly feeder_id: string;
  readonly [column: string]: unknown;
}

interface MemberRow {
  readonly outage_id: string;
  readonly source: string;
  readonly source_event_id: string;
  readonly asset_id: string | null;
  readonly t: Date;
}

/** A member: its name first, then what tells it from others of that name. */
function memberText(source: string, sourceEventId: string, assetId: string | null, t: number): string {
  return `${source}/${sourceEventId} of ${assetId ?? 'nobody'} at ${formatTime(t)}`;
}

/** What the second engine made of a run. */
export async function secondEngine(database: TestDatabase, run: string): Promise<Compared[]> {
  const rows = await database.rows<OutageRow>(
    'select *, st_y(center) as lat, st_x(center) as lon from reconcile.outages_of($1)',
    [run],
  );
  const members = new Map<string, string[]>();
  for (const { outage_id: id, ...row } of await database.rows<MemberRow>(
    'select outage_id, source, source_event_id, asset_id, t from reconcile.members_of($1)',
    [run],
  )) {
    const member = memberText(row.source, row.source_event_id, row.asset_id, row.t.getTime());
    const known = members.get(id);
    if (known) known.push(member);
    else members.set(id, [member]);
  }
  const time = (value: unknown): string | null => (value === null ? null : (value as Date).toISOString());
  return rows.map((row) => {
    const [source, ...rest] = String(row.opened_by).split('/');
    return {
      outageId: row.id,
      substationId: row.substation_id,
      feederId: row.feeder_id,
      incidentId: row.incident_id,
      status: row.status,
      confidence: row.confidence,
      severity: row.severity,
      firstDetectedAt: time(row.first_detected_at),
      lastEventAt: time(row.last_event_at),
      restoredAt: time(row.restored_at),
      momentary: row.momentary,
      mergedInto: row.merged_into,
      openedBy: { source, assetId: row.opened_asset_id, sourceEventId: rest.join('/'), t: time(row.opened_t) },
      reporters: row.reporters,
      events: Number(row.events),
      assetsAffected: Number(row.assets_affected),
      assetsOut: Number(row.assets_out),
      customersAffected: Number(row.customers_affected),
      customersOut: Number(row.customers_out),
      center: { lat: row.lat, lon: row.lon },
      flags: row.flags,
      ruleSet: row.rule_set,
      crew: row.crew,
      etr: time(row.etr),
      acknowledgedBy: row.acknowledged_by,
      members: (members.get(row.id as string) ?? []).sort(),
    } as Compared;
  });
}

/** Outages by key, for a comparison that does not ask in which order they came. */
export function byKey(outages: readonly Compared[]): Record<string, Compared[]> {
  const keys: Record<string, Compared[]> = {};
  for (const outage of [...outages].sort((a, b) => (a.outageId < b.outageId ? -1 : 1))) {
    (keys[`${outage.substationId}/${outage.feederId}`] ??= []).push(outage);
  }
  return keys;
}
