import type { PoolClient } from 'pg';
import { canonicalCommand } from '../../operators/model/canonical-event.js';
import type { LogPosition, Restatement } from '../../operators/model/outcome.js';
import { readEvidenceRecord, readLateRecord } from '../../operators/model/outcome-reading.js';
import { isCommand, parseKey, type Key, type LogEntry, type PlacedEvent } from '../../operators/model/event.js';
import { SOURCES, type Source } from '../../operators/model/source.js';
import { decodeLogRecord } from '../../operators/log/log-record.js';
import { compareRecords } from '../../operators/model/outage-order.js';
import type { OutageRecord } from '../../operators/model/outage.js';
import { readOutageRecord } from '../../operators/model/outage-reading.js';
import { isEpochMs, textOf, type Fields } from '../../operators/model/record-shape.js';
import type { Failure } from '../../operators/model/rejections.js';
import { readRejectedRecord, readUnplacedRecord } from '../../operators/model/set-aside-reading.js';
import { formatTime, timeOf } from '../../operators/model/time.js';
import type { TopicNames } from '../../connections/topics.js';
import type { SourceRecord } from '../../streams/topology.js';
import { CopyRows, type Columns, type Point } from '../../connections/postgres/copy.js';

const DAY_MS = 86_400_000;

/** Where an entry stands on the log. */
const LOG_COLUMNS = { log_partition: 'integer', log_offset: 'bigint', log_index: 'integer' } as const;

const EVENT_COLUMNS = {
  source_event_id: 'text', kind: 'text', type: 'text', asset_id: 'text', customer_id: 'text', dp_id: 'text',
  substation_id: 'text', feeder_id: 'text', reach: 'text', occurred_at: 'timestamptz', received_at: 'timestamptz',
  t: 'timestamptz', feeder_customers: 'integer', flags: 'text[]', geom: 'geometry', ...LOG_COLUMNS,
} as const satisfies Columns; // prettier-ignore

const COMMAND_COLUMNS = {
  command_id: 'text', command: 'text', outage_id: 'uuid', substation_id: 'text', feeder_id: 'text', at: 'timestamptz',
  author: 'text', reason: 'text', body: 'jsonb', ...LOG_COLUMNS,
} as const satisfies Columns; // prettier-ignore

const OUTAGE_COLUMNS = {
  outage_id: 'uuid', substation_id: 'text', feeder_id: 'text', incident_id: 'uuid', status: 'text',
  confidence: 'fraction', severity: 'text', first_detected_at: 'timestamptz', last_event_at: 'timestamptz',
  restored_at: 'timestamptz', momentary: 'boolean', merged_into: 'uuid', events: 'integer', assets_affected: 'integer',
  assets_out: 'integer', customers_affected: 'integer', customers_out: 'integer', revision: 'integer',
  log_partition: 'integer', log_offset: 'bigint', record: 'jsonb', geom: 'geometry', bbox: 'geometry',
} as const satisfies Columns; // prettier-ignore

const MEMBER_COLUMNS = {
  outage_id: 'uuid', source: 'text', source_event_id: 'text', t: 'timestamptz', link_source: 'text',
  link_source_event_id: 'text', link_distance_m: 'double precision', link_dt_ms: 'bigint', ...LOG_COLUMNS,
  nth: 'integer',
} as const satisfies Columns; // prettier-ignore

const TIMELINE_COLUMNS = {
  outage_id: 'uuid', at: 'timestamptz', what: 'text', from_value: 'text', to_value: 'text', by: 'text', cause: 'text',
  reason: 'text', ...LOG_COLUMNS, seq: 'integer',
} as const satisfies Columns; // prettier-ignore

const WITNESS_COLUMNS = {
  outage_id: 'uuid', what: 'text', substation_id: 'text', feeder_id: 'text', source: 'text', source_event_id: 'text',
  ...LOG_COLUMNS,
} as const satisfies Columns; // prettier-ignore

const LATE_COLUMNS = {
  ...LOG_COLUMNS, substation_id: 'text', feeder_id: 'text', source: 'text', source_event_id: 'text', reason: 'text',
  t: 'timestamptz', watermark: 'timestamptz', event: 'jsonb',
} as const satisfies Columns; // prettier-ignore

/** Where a report stands on its topic. */
const REPORT_COLUMNS = { topic: 'text', partition: 'integer', offset: 'bigint', index: 'integer' } as const;

const UNPLACED_COLUMNS = {
  ...REPORT_COLUMNS, source: 'text', source_event_id: 'text', reason: 'text', detail: 'text', received_at: 'timestamptz',
  event: 'jsonb',
} as const satisfies Columns; // prettier-ignore

const REJECTED_COLUMNS = {
  ...REPORT_COLUMNS, reason: 'text', detail: 'text', source: 'text', received_at: 'timestamptz', raw: 'text',
} as const satisfies Columns; // prettier-ignore

type Evidence = ReturnType<typeof readEvidenceRecord>;

/** What a set of records means for the database: rows by table, and the days whose partitions they need. */
export class Batch {
  readonly #dayNumbers = new Set<number>();
  /** The days (UTC) of which it has raw events, once it is ended. */
  days: readonly string[] = [];
  readonly #events = Object.fromEntries(SOURCES.map((source) => [source, new CopyRows(EVENT_COLUMNS)])) as Record<
    Source,
    CopyRows
  >;
  readonly #commands = new CopyRows(COMMAND_COLUMNS);
  /** The last record of each outage, and from {@link end} on their rows. */
  readonly #outages = new Map<string, OutageRecord>();
  readonly #outageRows = new CopyRows(OUTAGE_COLUMNS);
  readonly #members = new CopyRows(MEMBER_COLUMNS);
  readonly #restated: (Restatement & LogPosition)[] = [];
  readonly #opened: (LogPosition & { readonly outageId: string; readonly logIndex: number })[] = [];
  readonly #timeline = new CopyRows(TIMELINE_COLUMNS);
  readonly #witnesses = new CopyRows(WITNESS_COLUMNS);
  readonly #late = new CopyRows(LATE_COLUMNS);
  readonly #unplaced = new CopyRows(UNPLACED_COLUMNS);
  readonly #rejected = new CopyRows(REJECTED_COLUMNS);

  constructor(private readonly topics: TopicNames) {}

  /** Takes in a record of any topic that the sink reads. Throws if it cannot be read. */
  add(record: SourceRecord): void {
    const { topic, value } = record;
    const { topics } = this;
    if (value === null) return;
    if (topic === topics.events) this.#addLogRecord(record);
    else if (topic === topics.outages) this.#addOutage(readOutageRecord(value));
    else if (topic === topics.evidence) this.#addEvidence(readEvidenceRecord(value));
    else if (topic === topics.late) this.#addLate(readLateRecord(value));
    else if (topic === topics.unplaced) this.#addUnplaced(readUnplacedRecord(value));
    else if (topic === topics.rejected) this.#addRejected(readRejectedRecord(value));
  }

  /** Takes in a record that the database refuses, as rejected: whatever it is. */
  addRefused({ topic, partition, offset, timestampMs, value }: SourceRecord, why: string): void {
    const raw = value ? new TextDecoder().decode(value).slice(0, 10_000) : '';
    const receivedAt = isEpochMs(timestampMs) ? timestampMs : 0;
    this.#rejected.add(topic, partition, offset, 0, 'sinkFailed' satisfies Failure, why, null, receivedAt, raw);
  }

  /**
   * Nothing comes any more: makes the rows that need all of it. In the transaction nothing is left to go wrong that is not
   * the database's.
   * @throws Error if a row cannot be made
   */
  end(): void {
    this.days = [...this.#dayNumbers].map((day) => formatTime(day * DAY_MS).slice(0, 10));
    // In the order of their ids, so that two sinks never wait for each other in a circle.
    for (const outage of [...this.#outages.values()].sort((a, b) => (a.outageId < b.outageId ? -1 : 1)))
      addOutageRow(this.#outageRows, outage);
  }

  #addLogRecord({ key, value, partition, offset }: SourceRecord): void {
    const at = parseKey(textOf('The key of a record of the log', key));
    decodeLogRecord(value).forEach((entry: LogEntry, index) => {
      if (isCommand(entry)) {
        const { commandId, command, author, reason } = entry;
        const outageId = 'outageId' in entry ? entry.outageId : null;
        this.#commands.add(
          commandId, command, outageId, at.substationId, at.feederId, entry.at, author, reason,
          canonicalCommand(entry), partition, offset, index,
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
    const { occurredAt, receivedAt, lat, lon } = event;
    this.#dayNumbers.add(Math.floor(receivedAt / DAY_MS));
    this.#events[event.source].add(
      event.sourceEventId, event.kind, event.type, event.assetId, event.customerId, event.dpId, substationId, feederId,
      event.reach, occurredAt, receivedAt, timeOf(event), event.feederCustomers, event.flags, { lat, lon }, partition, offset, index,
    ); // prettier-ignore
  }

  #addOutage(outage: OutageRecord): void {
    const known = this.#outages.get(outage.outageId);
    if (!known || compareRecords(known, outage) <= 0) this.#outages.set(outage.outageId, outage);
  }

  #addEvidence({ outageId, substationId, feederId, log, members, timeline, ...others }: Evidence): void {
    if (others.restated) this.#restated.push({ ...others.restated, ...log });
    for (const { source, sourceEventId, t, logIndex, link, nth } of members) {
      this.#members.add(
        outageId, source, sourceEventId, t, link?.source ?? null, link?.sourceEventId ?? null,
        link?.distanceM ?? null, link?.dtMs ?? null, log.partition, log.offset, logIndex, nth ?? 0,
      ); // prettier-ignore
    }
    timeline.forEach(({ at, what, from, to, by, cause, reason, logIndex }, seq) => {
      this.#timeline.add(outageId, at, what, from, to, by, cause, reason, log.partition, log.offset, logIndex, seq);
      if (what === 'opened') this.#opened.push({ outageId: outageId!, ...log, logIndex });
    });
    const witness = (what: string, of: string | null, { source, sourceEventId, logIndex }: Fields): void =>
      this.#witnesses.add(of, what, substationId, feederId, source, sourceEventId, log.partition, log.offset, logIndex);
    for (const one of others.restorations) witness('restoration', outageId, one);
    for (const one of others.duplicates) witness('duplicate', null, one);
    for (const one of others.withoutEffect) witness('without_effect', null, one);
  }

  #addLate({
    reason,
    substationId,
    feederId,
    t,
    watermark,
    log,
    logIndex,
    event,
  }: ReturnType<typeof readLateRecord>): void {
    const { source, sourceEventId } = event;
    this.#late.add(
      log.partition, log.offset, logIndex, substationId, feederId, source, sourceEventId, reason, t, watermark, event,
    ); // prettier-ignore
  }

  #addUnplaced({ reason, detail, position, event }: ReturnType<typeof readUnplacedRecord>): void {
    const { topic, partition, offset, index } = position;
    const { source, sourceEventId, receivedAt } = event;
    this.#unplaced.add(topic, partition, offset, index, source, sourceEventId, reason, detail, receivedAt, event);
  }

  #addRejected({ reason, detail, position, source, receivedAt, raw }: ReturnType<typeof readRejectedRecord>): void {
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
    await this.#openAnew(client);
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

  /** An outage that opens under the id of one settled long ago begins with nothing of it. */
  async #openAnew(client: PoolClient): Promise<void> {
    if (this.#opened.length === 0) return;
    await client.query(
      `select oms.open_anew(o.id, o.log_offset, o.log_index)
       from unnest($1::uuid[], $2::bigint[], $3::integer[]) with ordinality as o (id, log_offset, log_index, nth)
       order by nth`,
      [
        this.#opened.map(({ outageId }) => outageId),
        this.#opened.map(({ offset }) => offset),
        this.#opened.map(({ logIndex }) => logIndex),
      ],
    );
  }

  /** Outages are replaced by their later records: through a staging table, in one statement. */
  async #writeOutages(client: PoolClient): Promise<void> {
    if (this.#outageRows.size === 0) return;
    await client.query('create temporary table if not exists staged_outages (like oms.outages) on commit delete rows');
    await this.#outageRows.copyTo(client, 'staged_outages');
    const names = Object.keys(OUTAGE_COLUMNS);
    const columns = names.join(', ');
    const updates = names.map((name) => `${name} = excluded.${name}`).join(', ');
    await client.query(
      `insert into oms.outages (${columns}) select ${columns} from staged_outages order by outage_id
       on conflict (outage_id) do update set ${updates}
       where (excluded.log_offset, excluded.revision) >= (oms.outages.log_offset, oms.outages.revision)`,
    );
  }
}

function addOutageRow(rows: CopyRows, outage: OutageRecord): void {
  const { center, bbox, log } = outage;
  // A box across the date line cannot be drawn as one polygon.
  const box = bbox && bbox.minLon <= bbox.maxLon ? { ring: cornersOf(bbox) } : null;
  rows.add(
    outage.outageId, outage.substationId, outage.feederId, outage.incidentId, outage.status, outage.confidence,
    outage.severity, outage.firstDetectedAt, outage.lastEventAt, outage.restoredAt, outage.momentary, outage.mergedInto,
    outage.events, outage.assetsAffected, outage.assetsOut, outage.customersAffected, outage.customersOut,
    outage.revision, log.partition, log.offset, outage, center, box,
  ); // prettier-ignore
}

function cornersOf({ minLat, minLon, maxLat, maxLon }: NonNullable<OutageRecord['bbox']>): Point[] {
  const first = { lat: minLat, lon: minLon };
  return [first, { lat: minLat, lon: maxLon }, { lat: maxLat, lon: maxLon }, { lat: maxLat, lon: minLon }, first];
}
