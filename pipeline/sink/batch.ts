import type { PoolClient } from 'pg';
import type { TopicNames } from '../../connections/topics.js';
import { decodeLogRecord } from '../../operators/log/log-record.js';
import { isCommand, parseKey } from '../../operators/model/event.js';
import { readEvidenceRecord, readLateRecord } from '../../operators/model/outcome-reading.js';
import { readOutageRecord } from '../../operators/model/outage-reading.js';
import { isEpochMs, textOf } from '../../operators/model/record-shape.js';
import type { Failure } from '../../operators/model/rejections.js';
import { readRejectedRecord, readUnplacedRecord } from '../../operators/model/set-aside-reading.js';
import type { SourceRecord } from '../../streams/topology.js';
import { Commands } from './projections/commands.js';
import { Events } from './projections/events.js';
import { Late } from './projections/late.js';
import { Members } from './projections/members.js';
import { Outages } from './projections/outages.js';
import type { Projection } from './projections/projection.js';
import { Rejected } from './projections/rejected.js';
import { Timeline } from './projections/timeline.js';
import { Unplaced } from './projections/unplaced.js';
import { Witnesses } from './projections/witnesses.js';

/** What a set of records means for the database: each topic is read once, and told to the tables that follow from it. */
export class Batch {
  readonly #events = new Events();
  readonly #commands = new Commands();
  readonly #members = new Members();
  readonly #timeline = new Timeline();
  readonly #witnesses = new Witnesses();
  readonly #late = new Late();
  readonly #unplaced = new Unplaced();
  readonly #rejected = new Rejected();
  readonly #outages = new Outages();
  /** In the order in which they are written. */
  readonly #tables: readonly Projection[] = [
    this.#events,
    this.#commands,
    this.#members,
    this.#timeline,
    this.#witnesses,
    this.#late,
    this.#unplaced,
    this.#rejected,
    this.#outages,
  ];

  constructor(private readonly topics: TopicNames) {}

  /** The days (UTC) of which it has raw events, once it is ended. */
  get days(): readonly string[] {
    return this.#events.days;
  }

  /** Takes in a record of any topic that the sink reads. Throws if it cannot be read. */
  add(record: SourceRecord): void {
    const { topic, value } = record;
    const { topics } = this;
    if (value === null) return;
    if (topic === topics.events) this.#addLogRecord(record);
    else if (topic === topics.outages) this.#outages.add(readOutageRecord(value));
    else if (topic === topics.evidence) {
      const evidence = readEvidenceRecord(value);
      this.#members.add(evidence);
      this.#timeline.add(evidence);
      this.#witnesses.add(evidence);
    } else if (topic === topics.late) this.#late.add(readLateRecord(value));
    else if (topic === topics.unplaced) this.#unplaced.add(readUnplacedRecord(value));
    else if (topic === topics.rejected) this.#rejected.add(readRejectedRecord(value));
  }

  /** Takes in a record that the database refuses, as rejected: whatever it is. */
  addRefused({ topic, partition, offset, timestampMs, value }: SourceRecord, why: string): void {
    this.#rejected.add({
      position: { topic, partition, offset, index: 0 },
      reason: 'sinkFailed' satisfies Failure,
      detail: why,
      source: null,
      receivedAt: isEpochMs(timestampMs) ? timestampMs : 0,
      raw: value ? new TextDecoder().decode(value).slice(0, 10_000) : '',
    });
  }

  /**
   * Nothing comes any more. In the transaction nothing is left to go wrong that is not the database's.
   * @throws OmsError if a row cannot be made
   */
  end(): void {
    for (const table of this.#tables) table.end?.();
  }

  #addLogRecord({ key: keyBytes, value, partition, offset }: SourceRecord): void {
    const key = parseKey(textOf('The key of a record of the log', keyBytes));
    const log = { partition, offset };
    decodeLogRecord(value).forEach((entry, logIndex) => {
      if (isCommand(entry)) this.#commands.add({ command: entry, key, log, logIndex });
      else this.#events.add({ event: entry, key, log, logIndex });
    });
  }

  /** Writes all rows, within the caller's transaction. */
  async write(client: PoolClient): Promise<void> {
    for (const table of this.#tables) await table.write(client);
  }
}
