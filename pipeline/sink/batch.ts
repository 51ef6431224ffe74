import type { PoolClient } from 'pg';
import { canonicalCommand } from '../../operators/canonical-event.js';
import type {
  EvidenceRecord,
  LateRecord,
  LogPosition,
  Restatement,
  Witness,
} from '../../operators/correlate/outcome.js';
import {
  isCommand,
  parseKey,
  SOURCES,
  type Key,
  type LogEntry,
  type PlacedEvent,
  type Source,
} from '../../operators/event.js';
import { decodeLogRecord } from '../../operators/log-record.js';
import type { OutageRecord } from '../../operators/outage.js';
import { formatTime, timeOf } from '../../operators/time.js';
import type { TopicNames } from '../../topics.js';
import type { SourceRecord } from '../streams/topology.js';
import { CopyText, jsonCell, pointCell } from './copy.js';

const EVENT_COLUMNS = [
  'source_event_id', 'kind', 'type', 'asset_id', 'customer_id', 'dp_id', 'substation_id', 'feeder_id', 'reach',
  'occurred_at', 'received_at', 't', 'feeder_customers', 'flags', 'geom', 'log_partition', 'log_offset', 'log_index',
]; // prettier-ignore

const OUTAGE_COLUMNS = [
  'outage_id', 'substation_id', 'feeder_id', 'incident_id', 'status', 'confidence', 'severity', 'first_detected_at',
  'last_event_at', 'restored_at', 'momentary', 'merged_into', 'events', 'assets_affected', 'assets_out',
  'customers_affected', 'customers_out', 'revision', 'log_partition', 'log_offset', 'record', 'geom', 'bbox',
]; // prettier-ignore

/** A report that was kept aside, as it stands on `oms.unplaced` or `oms.rejected`. */
interface KeptAside {
  readonly reason: string;
  readonly detail: string;
  readonly position: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
    readonly index: number;
  };
}

type UnplacedRecord = KeptAside & { readonly event: { source: string; sourceEventId: string; receivedAt: string } };
type RejectedRecord = KeptAside & { readonly source: string | null; readonly receivedAt: string; readonly raw: string };

/** What a set of records means for the database: rows by table, and the days whose partitions they need. */
export class Batch {
  readonly days = new Set<string>();
  readonly #events = Object.fromEntries(SOURCES.map((source) => [source, new CopyText(EVENT_COLUMNS)])) as Record<
    Source,
    CopyText
  >;
  readonly #commands = new CopyText([
    'command_id', 'command', 'outage_id', 'substation_id', 'feeder_id', 'at', 'author', 'reason', 'body',
    'log_partition', 'log_offset', 'log_index',
  ]); // prettier-ignore
  readonly #outages = new Map<string, OutageRecord>();
  readonly #members = new CopyText([
    'outage_id', 'source', 'source_event_id', 't', 'link_source', 'link_source_event_id', 'link_distance_m', 'link_dt_ms',
    'log_partition', 'log_offset', 'log_index', 'nth',
  ]); // prettier-ignore
  readonly #restated: (Restatement & LogPosition)[] = [];
  readonly #timeline = new CopyText([
    'outage_id', 'at', 'what', 'from_value', 'to_value', 'by', 'cause', 'reason',
    'log_partition', 'log_offset', 'log_index', 'seq',
  ]); // prettier-ignore
  readonly #witnesses = new CopyText([
    'outage_id', 'what', 'substation_id', 'feeder_id', 'source', 'source_event_id',
    'log_partition', 'log_offset', 'log_index',
  ]); // prettier-ignore
  readonly #late = new CopyText([
    'log_partition', 'log_offset', 'log_index', 'substation_id', 'feeder_id', 'source', 'source_event_id', 'reason', 't',
    'watermark', 'event',
  ]); // prettier-ignore
  readonly #unplaced = new CopyText([
    'topic', 'partition', 'offset', 'index', 'source', 'source_event_id', 'reason', 'detail', 'received_at', 'event',
  ]); // prettier-ignore
  readonly #rejected = new CopyText([
    'topic', 'partition', 'offset', 'index', 'reason', 'detail', 'source', 'received_at', 'raw',
  ]); // prettier-ignore

  constructor(private readonly topics: TopicNames) {}

  /** Takes in a record of any topic that the sink reads. Throws if it cannot be read. */
  add(record: SourceRecord): void {
    const { topic, value } = record;
    const { topics } = this;
    if (value === null) return;
    if (topic === topics.events) this.#addLogRecord(record);
    else if (topic === topics.outages) this.#addOutage(parse<OutageRecord>(value));
    else if (topic === topics.evidence) this.#addEvidence(parse<EvidenceRecord>(value));
    else if (topic === topics.late) this.#addLate(parse<LateRecord>(value));
    else if (topic === topics.unplaced) this.#addUnplaced(parse<UnplacedRecord>(value));
    else if (topic === topics.rejected) this.#addRejected(parse<RejectedRecord>(value));
  }

  /** Takes in a record that the database refuses, as rejected. */
  addRefused({ topic, partition, offset, timestampMs, value }: SourceRecord, error: Error): void {
    const raw = value ? new TextDecoder().decode(value).slice(0, 10_000) : '';
    this.#rejected.add(topic, partition, offset, 0, 'sinkFailed', error.message, null, formatTime(timestampMs), raw);
  }

  #addLogRecord({ key, value, partition, offset }: SourceRecord): void {
    const at = parseKey(new TextDecoder().decode(key ?? new Uint8Array()));
    decodeLogRecord(value).forEach((entry: LogEntry, index) => {
      if (isCommand(entry)) {
        const { commandId, command, author, reason } = entry;
        const outageId = 'outageId' in entry ? entry.outageId : null;
        this.#commands.add(
          commandId, command, outageId, at.substationId, at.feederId, formatTime(entry.at), author, reason,
          jsonCell(canonicalCommand(entry)), partition, offset, index,
        ); // prettier-ignore
      } else this.#addEvent(entry, at, partition, offset, index);
    });
  }

  #addEvent(
    event: PlacedEvent,
    { substationId, feederId }: Key,
    partition: number,
    offset: number,
    index: number,
  ): void {
    const receivedAt = formatTime(event.receivedAt);
    this.days.add(receivedAt.slice(0, 10));
    this.#events[event.source].add(
      event.sourceEventId, event.kind, event.type, event.assetId, event.customerId, event.dpId, substationId, feederId,
      event.reach, formatTime(event.occurredAt), receivedAt, formatTime(timeOf(event)), event.feederCustomers,
      event.flags, pointCell(event.lat, event.lon), partition, offset, index,
    ); // prettier-ignore
  }

  #addOutage(outage: OutageRecord): void {
    const known = this.#outages.get(outage.outageId);
    if (!known || known.revision <= outage.revision) this.#outages.set(outage.outageId, outage);
  }

  #addEvidence({ outageId, substationId, feederId, log, members, timeline, ...others }: EvidenceRecord): void {
    if (others.restated) this.#restated.push({ ...others.restated, ...log });
    for (const { source, sourceEventId, t, logIndex, link, nth } of members) {
      this.#members.add(
        outageId, source, sourceEventId, formatTime(t), link?.source ?? null, link?.sourceEventId ?? null,
        link?.distanceM ?? null, link?.dtMs ?? null, log.partition, log.offset, logIndex, nth ?? 0,
      ); // prettier-ignore
    }
    timeline.forEach(({ at, what, from, to, by, cause, reason, logIndex }, seq) =>
      this.#timeline.add(outageId, at, what, from, to, by, cause, reason, log.partition, log.offset, logIndex, seq),
    );
    const witness = (what: string, of: string | null, { source, sourceEventId, logIndex }: Witness): void =>
      this.#witnesses.add(of, what, substationId, feederId, source, sourceEventId, log.partition, log.offset, logIndex);
    for (const one of others.restorations) witness('restoration', outageId, one);
    for (const one of others.duplicates) witness('duplicate', null, one);
    for (const one of others.withoutEffect) witness('without_effect', null, one);
  }

  #addLate({ reason, substationId, feederId, t, watermark, log, logIndex, event }: LateRecord): void {
    const { source, sourceEventId } = event;
    this.#late.add(
      log.partition, log.offset, logIndex, substationId, feederId, source, sourceEventId, reason, t, watermark, jsonCell(event),
    ); // prettier-ignore
  }

  #addUnplaced({ reason, detail, position, event }: UnplacedRecord): void {
    const { topic, partition, offset, index } = position;
    const { source, sourceEventId, receivedAt } = event;
    this.#unplaced.add(
      topic,
      partition,
      offset,
      index,
      source,
      sourceEventId,
      reason,
      detail,
      receivedAt,
      jsonCell(event),
    );
  }

  #addRejected({ reason, detail, position, source, receivedAt, raw }: RejectedRecord): void {
    const { topic, partition, offset, index } = position;
    this.#rejected.add(topic, partition, offset, index, reason, detail, source, receivedAt, raw);
  }

  /** Writes all rows, within the caller's transaction. */
  async write(client: PoolClient): Promise<void> {
    for (const source of SOURCES) await this.#events[source].copyTo(client, `${source}.events`);
    await this.#commands.copyTo(client, 'oms.commands');
    await this.#members.copyTo(client, 'oms.members');
    await this.#forgetRestated(client);
    await this.#timeline.copyTo(client, 'oms.timeline');
    await this.#witnesses.copyTo(client, 'oms.witnesses');
    await this.#late.copyTo(client, 'oms.late');
    await this.#unplaced.copyTo(client, 'oms.unplaced');
    await this.#rejected.copyTo(client, 'oms.rejected');
    await this.#writeOutages(client);
  }

  /** What an outage had before all its members were stated anew goes; a member that moved stands where it is now. */
  async #forgetRestated(client: PoolClient): Promise<void> {
    for (const { outageIds, partition, offset, logIndex } of this.#restated) {
      await client.query(
        `delete from oms.members
         where outage_id = any ($1) and log_partition = $2 and (log_offset, log_index) < ($3::bigint, $4::integer)`,
        [outageIds, partition, offset, logIndex],
      );
    }
  }

  /** Outages are replaced by their later revisions: through a staging table, in one statement. */
  async #writeOutages(client: PoolClient): Promise<void> {
    if (this.#outages.size === 0) return;
    const rows = new CopyText(OUTAGE_COLUMNS);
    // In the order of their ids, so that two sinks never wait for each other in a circle.
    for (const outage of [...this.#outages.values()].sort((a, b) => (a.outageId < b.outageId ? -1 : 1)))
      addOutageRow(rows, outage);
    await client.query('create temporary table if not exists staged_outages (like oms.outages) on commit delete rows');
    await rows.copyTo(client, 'staged_outages');
    const columns = OUTAGE_COLUMNS.join(', ');
    const updates = OUTAGE_COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ');
    await client.query(
      `insert into oms.outages (${columns}) select ${columns} from staged_outages order by outage_id
       on conflict (outage_id) do update set ${updates} where excluded.revision >= oms.outages.revision`,
    );
  }
}

function addOutageRow(rows: CopyText, outage: OutageRecord): void {
  const { center, bbox, log } = outage;
  // A box across the date line cannot be drawn as one polygon.
  const box =
    bbox && bbox.minLon <= bbox.maxLon
      ? `SRID=4326;POLYGON((${bbox.minLon} ${bbox.minLat},${bbox.maxLon} ${bbox.minLat},${bbox.maxLon} ${bbox.maxLat},${bbox.minLon} ${bbox.maxLat},${bbox.minLon} ${bbox.minLat}))`
      : null;
  rows.add(
    outage.outageId, outage.substationId, outage.feederId, outage.incidentId, outage.status, outage.confidence,
    outage.severity, outage.firstDetectedAt, outage.lastEventAt, outage.restoredAt, outage.momentary, outage.mergedInto,
    outage.events, outage.assetsAffected, outage.assetsOut, outage.customersAffected, outage.customersOut,
    outage.revision, log.partition, log.offset, jsonCell(outage), center && pointCell(center.lat, center.lon), box,
  ); // prettier-ignore
}

function parse<T>(value: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(value)) as T;
}
