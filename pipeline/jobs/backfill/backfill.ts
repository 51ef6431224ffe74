import type { Source } from '../../../operators/model/source.js';
import { contentIdOf } from '../../../operators/model/identity.js';
import type { Report } from '../../../operators/normalise/normalise.js';
import { place } from '../../../operators/place/place.js';
import type { Registry } from '../../../operators/network/registry.js';
import { timeOf } from '../../../operators/model/time.js';
import { Copies } from './copies.js';
import { EventOrder, type OrderedEvent } from './event-order.js';
import type { History, Row } from './history.js';
import { missingColumn, type Mapping } from './mapping.js';
import { canonicalLine, RowReader } from './row-reader.js';
import { emptySummary, rejectedOf, type Summary } from './summary.js';
import type { BackfillTarget } from './target.js';
import { WrongInput } from './wrong-input.js';
import type { TimeZone } from '../../../operators/model/time-zone.js';

/** One history and how its rows are to be understood. */
export interface Input {
  readonly history: History;
  readonly mapping: Mapping | null;
  /** Null where each row says it. */
  readonly source: Source | null;
}

/** A row that was refused. */
export interface Reject {
  readonly input: string;
  /** Line of the file or row of the table. */
  readonly at: number;
  readonly unit: 'line' | 'row';
  readonly reason: string;
  readonly detail: string;
  readonly raw: string;
}

/** A time of a row that is taken, and may be another one. */
export interface Remark {
  readonly input: string;
  /** Line of the file or row of the table. */
  readonly at: number;
  readonly unit: 'line' | 'row';
  readonly detail: string;
}

export interface ReadingOptions {
  readonly inputs: readonly Input[];
  readonly registry: Registry;
  /** Only events whose time lies in `[from, to]` are taken; epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Of times that come without one. */
  readonly zone: TimeZone;
  /** Epoch ms. */
  readonly nowMs: number;
  readonly onReject: (reject: Reject) => void | Promise<void>;
  readonly onRemark?: (remark: Remark) => void;
  /** Called now and then with the rows read so far; what it throws ends the reading. */
  readonly onRows: (rows: number) => void;
}

const ROWS_PER_WORD = 1000;
/** As many as one request to Kafka holds: a backfill that breaks off repeats no more than this. */
const EVENTS_PER_BATCH = 4000;

/** The id of a backfill: of what is read, how, and where it goes. */
export function backfillIdOf(
  inputs: readonly Input[],
  { from, to, zone }: Pick<ReadingOptions, 'from' | 'to' | 'zone'>,
  topicPrefix: string,
): string {
  const read = inputs.map(({ history, mapping, source }) => {
    return { digest: history.digest, source, mapping: mapping && { ...mapping, where: null } };
  });
  // 1: the order of events. A program with another order must not go on where this one stopped.
  // Called so since there were offsets only: a backfill that stopped then goes on.
  const naiveOffsetMin = zone.offsetMin ?? zone.name;
  return contentIdOf({ backfill: 1, read, from: String(from), to: String(to), naiveOffsetMin, topicPrefix });
}

/** A history that was read whole: its events in order, and the counts so far. */
export class ReadHistory {
  readonly summary: Summary = emptySummary();
  readonly #order = new EventOrder();
  #firstT = Infinity;

  private constructor(private readonly options: ReadingOptions) {}

  /**
   * Reads all inputs and checks every row.
   * @throws {WrongInput} one sentence if a column is in no row, if there is no row, or if none is an event in the range
   */
  static async read(options: ReadingOptions): Promise<ReadHistory> {
    const read = new ReadHistory(options);
    try {
      let rows = 0;
      for (const input of options.inputs) rows = await read.#readInput(input, rows);
      options.onRows(rows);
      read.#checkFound(rows);
      return read;
    } catch (error) {
      await read.close();
      throw error;
    }
  }

  /** The least time of its events, epoch ms. */
  get firstT(): number {
    return this.#firstT;
  }

  /** Events in order, copies among them. */
  get size(): number {
    return this.#order.size;
  }

  async #readInput(input: Input, rowsBefore: number): Promise<number> {
    const { history, mapping, source } = input;
    const { zone, nowMs, onRows, onRemark } = this.options;
    const { name, unit } = history;
    let at = 0;
    const remark = (detail: string): void => {
      this.summary.remarks = (this.summary.remarks ?? 0) + 1;
      onRemark?.({ input: name, at, unit, detail });
    };
    const reader = new RowReader({ mapping, source, zone, nowMs, onRemark: remark });
    let rows = rowsBefore;
    for await (const row of history.rows()) {
      ({ at } = row);
      if (++rows % ROWS_PER_WORD === 0) onRows(rows);
      const reports: Report[] =
        row.problem === undefined
          ? reader.read(row.value)
          : [{ index: 0, reason: 'wrongShape', detail: row.problem, raw: String(row.value) }];
      for (const report of reports) {
        const taken = this.#take(report, row, history);
        if (taken) await taken;
      }
    }
    const [unseen] = reader.unseen;
    if (rows > rowsBefore && history.columns === null && unseen !== undefined)
      throw new WrongInput(missingColumn(mapping!, unseen, history.name, null));
    return rows;
  }

  #take(report: Report, { at }: Row, { name, unit }: History): void | Promise<void> {
    const { summary } = this;
    summary.read++;
    if (!('event' in report)) {
      const { reason, detail, raw } = report;
      summary.rejected[reason] = (summary.rejected[reason] ?? 0) + 1;
      return this.options.onReject({ input: name, at, unit, reason, detail, raw });
    }
    const { event } = report;
    const t = timeOf(event);
    if (t < this.options.from || t > this.options.to) {
      summary.outside++;
      return;
    }
    if (t < this.#firstT) this.#firstT = t;
    return this.#order.add({
      t,
      receivedAt: event.receivedAt,
      identity: `${event.source}/${event.sourceEventId}`,
      placed: Array.isArray(place(event, this.options.registry)),
      line: canonicalLine(event),
    });
  }

  #checkFound(rows: number): void {
    if (this.size > 0) return;
    const names = this.options.inputs.map(({ history }) => history.name).join(', ');
    if (rows === 0) throw new WrongInput(`There are no rows in ${names}: nothing was published.`);
    const { outside, rejected } = this.summary;
    const reasons = Object.keys(rejected).join(', ');
    if (outside === 0)
      throw new WrongInput(`None of the ${rows} rows in ${names} is an event (${reasons}): nothing was published.`);
    throw new WrongInput(
      `No event in ${names} lies in the range: ${outside} lie outside, ` +
        `${rejectedOf(this.summary)} were rejected; nothing was published.`,
    );
  }

  /**
   * Gives every event out once, in event-time order, and counts it. May be called once.
   * @returns blocks of events; copies of an event of the history are left out
   */
  async *events(): AsyncGenerator<OrderedEvent[]> {
    const { summary } = this;
    const copies = new Copies();
    for await (const block of this.#order.inOrder()) {
      const events = block.filter((event) => !copies.isCopy(event));
      summary.duplicates += block.length - events.length;
      if (events.length === 0) continue;
      for (const { placed } of events) {
        if (placed) summary.taken++;
        else summary.unplaced++;
      }
      summary.firstAt ??= new Date(events[0]!.t).toISOString();
      summary.lastAt = new Date(events.at(-1)!.t).toISOString();
      yield events;
    }
  }

  /** Gives back what it holds on disk. */
  close(): Promise<void> {
    return this.#order.close();
  }
}

export interface PublishOptions {
  /** Events that were published by an earlier call: they are passed over. */
  readonly published: number;
  /** Called when the target has taken a batch, with all that is published by now; what it throws ends the publishing. */
  readonly onPublished: (published: number) => Promise<void>;
}

/**
 * Publishes a history in event-time order; while a batch is on its way, the next is made.
 * @returns how many events are published, those of earlier calls among them
 */
export async function publish(
  history: ReadHistory,
  target: BackfillTarget,
  { published, onPublished }: PublishOptions,
): Promise<number> {
  let count = 0;
  let batch: OrderedEvent[] = [];
  let onItsWay = Promise.resolve();
  const send = async (): Promise<void> => {
    await onItsWay;
    const [events, upTo] = [batch, count];
    batch = [];
    onItsWay = target.take(events).then(() => onPublished(upTo));
    // It is awaited with the next batch: until then nobody listens.
    onItsWay.catch(() => undefined);
  };
  for await (const events of history.events()) {
    for (const event of events) {
      if (++count <= published) continue;
      batch.push(event);
      if (batch.length === EVENTS_PER_BATCH) await send();
    }
  }
  if (batch.length > 0) await send();
  await onItsWay;
  await target.finish();
  return count;
}
