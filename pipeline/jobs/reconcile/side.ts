import type { ClientBase } from 'pg';
import { keyText } from '../../../operators/model/event.js';
import type { Source } from '../../../operators/model/source.js';
import type { OutageRecord, Severity } from '../../../operators/model/outage.js';
import type { Status } from '../../../operators/model/status.js';
import { formatTime } from '../../../operators/model/time.js';
import type { ComparedMember, ComparedOutage } from '../../../operators/reconcile/finding.js';
import { memberKey } from '../../../operators/reconcile/stored-entry.js';

/** What of an outage is compared, but for its members and what follows from them. */
type Face = Omit<ComparedOutage, 'members' | 'customersInterrupted' | 'customerMinutes'> & {
  readonly momentary: boolean;
};

/** The range of a comparison, epoch ms. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What one of the engines has, by key. */
export class Side {
  readonly faces = new Map<string, Face[]>();
  /** By key and outage. */
  readonly members = new Map<string, ComparedMember[]>();
  readonly joined = new Map<string, Map<string, string>>();
  readonly offsets = new Map<string, number>();

  addFace(face: Face): void {
    const key = keyText(face);
    const known = this.faces.get(key);
    if (known) known.push(face);
    else this.faces.set(key, [face]);
    this.members.set(`${key}/${face.outageId}`, []);
  }

  addMember(row: MemberRow): void {
    const key = keyText({ substationId: row.substation_id, feederId: row.feeder_id });
    const { source, asset_id: assetId, source_event_id: sourceEventId } = row;
    const member = { source, assetId, sourceEventId, t: formatTime(row.t.getTime()) };
    this.members.get(`${key}/${row.outage_id}`)?.push(member);
    let joined = this.joined.get(key);
    if (!joined) this.joined.set(key, (joined = new Map()));
    joined.set(memberKey(member), row.joined_outage_id);
  }
}

interface MemberRow {
  readonly substation_id: string;
  readonly feeder_id: string;
  readonly outage_id: string;
  readonly joined_outage_id: string;
  readonly source: Source;
  readonly asset_id: string | null;
  readonly source_event_id: string;
  readonly t: Date;
}

interface ReplayRow {
  readonly id: string;
  readonly substation_id: string;
  readonly feeder_id: string;
  readonly incident_id: string | null;
  readonly status: Status;
  readonly confidence: number;
  readonly severity: Severity;
  readonly first_detected_at: Date;
  readonly last_event_at: Date;
  readonly restored_at: Date | null;
  readonly momentary: boolean;
  readonly assets_affected: number;
  readonly assets_out: number;
  readonly customers_affected: number;
  readonly customers_out: number;
  readonly flags: string[];
  readonly rule_set: string;
  readonly crew: string[];
  readonly acknowledged_by: string[];
  readonly etr: Date | null;
}

/** The outages of the replay, but for those that merged. */
export async function readReplay(client: ClientBase, keyIds: readonly number[]): Promise<Side> {
  const side = new Side();
  const outages = await client.query<ReplayRow>(
    `select id, substation_id, feeder_id, incident_id, status, confidence, severity, first_detected_at, last_event_at, restored_at,
       momentary, assets_affected::integer, assets_out::integer, customers_affected::integer, customers_out::integer, flags, rule_set,
       crew, acknowledged_by, etr
     from reconcile.outages_in($1)
     where merged_into is null`,
    [keyIds],
  );
  for (const row of outages.rows)
    side.addFace({
      outageId: row.id,
      substationId: row.substation_id,
      feederId: row.feeder_id,
      status: row.status,
      confidence: row.confidence,
      severity: row.severity,
      firstDetectedAt: row.first_detected_at.toISOString(),
      lastEventAt: row.last_event_at.toISOString(),
      restoredAt: row.restored_at?.toISOString() ?? null,
      momentary: row.momentary,
      customersAffected: row.customers_affected,
      customersOut: row.customers_out,
      assetsAffected: row.assets_affected,
      assetsOut: row.assets_out,
      incidentId: row.incident_id,
      ruleSet: row.rule_set,
      flags: row.flags,
      crew: row.crew,
      acknowledgedBy: row.acknowledged_by,
      etr: row.etr?.toISOString() ?? null,
    });
  const members = await client.query<MemberRow>(
    `select o.substation_id, o.feeder_id, m.outage_id, m.joined_outage_id, m.source, m.asset_id, m.source_event_id, m.t
     from reconcile.members_in($1) m
     join (
       select k.substation_id, k.feeder_id, o.outage_id
       from reconcile.keys k
       join reconcile.outages o using (key_id)
       where k.key_id = any ($1) and not o.is_superseded
     ) o using (outage_id)`,
    [keyIds],
  );
  for (const row of members.rows) side.addMember(row);
  return side;
}

/** Outages of the stream that began in the range, and those that have any member that the replay has. */
export async function readStream(
  client: ClientBase,
  keyIds: readonly number[],
  { fromMs, toMs }: Range,
): Promise<Side> {
  const side = new Side();
  const outages = await client.query<{ record: OutageRecord }>(
    `with mine as (
       select substation_id, feeder_id from reconcile.keys where key_id = any ($1)
     ), touched as (
       select distinct m.outage_id
       from reconcile.members_in($1) r
       join oms.members m using (source, source_event_id)
       -- Ids are numbered per asset, and used again; of one event the engines may have taken different copies.
       where m.asset_id is not distinct from r.asset_id and m.t between r.t - interval '6 hours' and r.t + interval '6 hours'
     )
     select o.record
     from (
       select oms.survivor_of(outage_id) as outage_id from touched
       union
       select o.outage_id
       from oms.outages o
       join mine using (substation_id, feeder_id)
       where o.merged_into is null and o.first_detected_at >= $2 and o.first_detected_at < $3
     ) living
     join oms.outages o using (outage_id)
     join mine using (substation_id, feeder_id)`,
    [keyIds, new Date(fromMs), new Date(toMs)],
  );
  for (const { record } of outages.rows) {
    side.addFace(faceOf(record));
    side.offsets.set(record.outageId, record.log.offset);
  }
  const members = await client.query<MemberRow>(
    `select o.substation_id, o.feeder_id, m.outage_id, m.joined_outage_id, m.source, m.asset_id, m.source_event_id, m.t
     from oms.outage_members m
     join oms.outages o using (outage_id)
     where m.outage_id = any ($1)`,
    [[...side.offsets.keys()]],
  );
  for (const row of members.rows) side.addMember(row);
  return side;
}

function faceOf(record: Face): Face {
  return {
    outageId: record.outageId,
    substationId: record.substationId,
    feederId: record.feederId,
    status: record.status,
    confidence: record.confidence,
    severity: record.severity,
    firstDetectedAt: record.firstDetectedAt,
    lastEventAt: record.lastEventAt,
    restoredAt: record.restoredAt,
    momentary: record.momentary,
    customersAffected: record.customersAffected,
    customersOut: record.customersOut,
    assetsAffected: record.assetsAffected,
    assetsOut: record.assetsOut,
    incidentId: record.incidentId,
    ruleSet: record.ruleSet,
    flags: record.flags,
    crew: record.crew,
    acknowledgedBy: record.acknowledgedBy,
    etr: record.etr,
  };
}
