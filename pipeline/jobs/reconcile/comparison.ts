import type { ClientBase } from 'pg';
import { jsonText } from '../../../connections/postgres/copy.js';
import { causesOf } from '../../../operators/reconcile/causes.js';
import { findingOf } from '../../../operators/reconcile/compare.js';
import { FINDING_KINDS, type Finding, type FindingKind, type Order } from '../../../operators/reconcile/finding.js';
import { beginOf, groupByMembers, type Group } from '../../../operators/reconcile/groups.js';
import { readKeys, type KeyBooks } from './key-batch.js';
import type { Run } from './run.js';
import { byLog, identityOf, memberKey, nameOf } from '../../../operators/reconcile/stored-entry.js';
import { batchesOf, readStretches } from './stretch.js';
import { figureOf, LEFT_OUT_REASONS, type LeftOutReason, type Summary } from '../../../operators/reconcile/summary.js';
import { testimoniesOf, type Difference, type Testimonies } from './testimony.js';

/** Entries of the log whose keys are compared at once: what memory holds. */
const ENTRIES_PER_BATCH = 20_000;

/** The outages of a replay that is done against those that the stream stored: findings go into the run's books. */
export class Comparison {
  readonly #order: Order;
  readonly #from: string;
  readonly #to: string;
  readonly #findings = Object.fromEntries(FINDING_KINDS.map((kind) => [kind, 0])) as Record<FindingKind, number>;
  readonly #leftOut = Object.fromEntries(Object.keys(LEFT_OUT_REASONS).map((reason) => [reason, 0])) as Record<
    LeftOutReason,
    number
  >;
  readonly #compared = { stream: 0, replay: 0 };
  readonly #minutes = { stream: 0, replay: 0 };
  readonly #interrupted = { stream: 0, replay: 0 };
  #equal = 0;
  #found = 0;

  private constructor(
    private readonly client: ClientBase,
    private readonly run: Run,
  ) {
    this.#order = run.order;
    this.#from = run.from;
    this.#to = run.to;
  }

  /**
   * Compares, in one transaction: all of it stands in the books afterwards, or nothing.
   * @param keepBooks whether the replay's books stay, to be queried
   * @param onKeys called with the number of keys compared so far, and of all
   */
  static async make(
    client: ClientBase,
    run: Run,
    keepBooks: boolean,
    onKeys: (done: number, total: number) => void,
  ): Promise<Summary> {
    // What the stream stores meanwhile is for another time.
    await client.query('begin isolation level repeatable read');
    try {
      const comparison = new Comparison(client, run);
      await comparison.#compareAll(onKeys);
      const summary = await comparison.#summary();
      await client.query('update reconcile.runs set compared_at = $2, comparison = $3 where run_id = $1', [
        run.runId,
        summary.comparedAt,
        jsonText(summary),
      ]);
      await client.query(
        keepBooks ? 'delete from reconcile.queue where run_id = $1' : 'select reconcile.empty_books($1)',
        [run.runId],
      );
      await client.query('commit');
      return summary;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
  }

  async #compareAll(onKeys: (done: number, total: number) => void): Promise<void> {
    const { client, run } = this;
    const stretches = await readStretches(client, run.runId);
    const range = { fromMs: Date.parse(this.#from), toMs: Date.parse(this.#to) };
    let done = 0;
    for (const batch of batchesOf(stretches, ENTRIES_PER_BATCH)) {
      const differences: Difference[] = [];
      for (const books of await readKeys(client, run.runId, batch, range))
        for (const group of groupByMembers(books.stream, books.replay)) {
          if (!this.#isCompared(group, books)) continue;
          const finding = findingOf(group, this.#order, () => []);
          if (finding) differences.push({ books, finding });
          else this.#agree(group);
        }
      await this.#keep(await this.#explained(differences));
      done += batch.length;
      onKeys(done, stretches.length);
    }
  }

  /** Whether a group of outages began in the range, and all of it is known to both. */
  #isCompared(group: Group, books: KeyBooks): boolean {
    const begin = beginOf(group);
    if (begin >= this.#to) return false;
    const all = [...group.stream, ...group.replay];
    if (begin < this.#from)
      return all.some(({ lastEventAt }) => lastEventAt >= this.#from) ? this.#leaveOut('beganBefore') : false;
    const { lastOffset, toMs } = books.stretch;
    if (group.stream.some(({ outageId }) => books.offsets.get(outageId)! > lastOffset))
      return this.#leaveOut('changedSince');
    const unknown = group.stream.flatMap(({ members }) => members).filter((member) => !books.entries.eventOf(member));
    if (unknown.length === 0) return true;
    const isBehind = toMs !== null && unknown.every(({ t }) => Date.parse(t) >= toMs);
    return this.#leaveOut(isBehind ? 'goesOn' : 'rawEventsGone');
  }

  #leaveOut(reason: LeftOutReason): false {
    this.#leftOut[reason]++;
    return false;
  }

  #agree(group: Group): void {
    this.#count(group);
    this.#equal += group.stream.length;
  }

  #count({ stream, replay }: Pick<Group, 'stream' | 'replay'>): void {
    this.#compared.stream += stream.length;
    this.#compared.replay += replay.length;
    for (const [engine, outages] of Object.entries({ stream, replay }) as ['stream' | 'replay', typeof stream][])
      for (const { customerMinutes, customersInterrupted } of outages) {
        this.#minutes[engine] += customerMinutes;
        this.#interrupted[engine] += customersInterrupted;
      }
  }

  /** The differences with what caused them; without those that no replay of this stretch can judge. */
  async #explained(differences: readonly Difference[]): Promise<Finding[]> {
    if (differences.length === 0) return [];
    const testimonies = await testimoniesOf(this.client, differences);
    return differences.flatMap(({ books, finding }) => {
      const reason = whyNotJudged(finding, books, testimonies);
      if (reason) {
        this.#leaveOut(reason);
        return [];
      }
      const explained = findingOf(finding, this.#order, (group) => causesOf(group, this.#order, testimonies.of(books)));
      return explained ?? [];
    });
  }

  async #keep(findings: readonly Finding[]): Promise<void> {
    if (findings.length === 0) return;
    const rows = findings.map((finding) => {
      this.#findings[finding.kind]++;
      this.#count(finding);
      return { no: ++this.#found, began: beginOf(finding), finding };
    });
    await this.client.query(
      `insert into reconcile.findings (run_id, finding_no, finding_id, kind, substation_id, feeder_id, began_at,
         customer_minutes_change, sentence, finding)
       select $1, no, (finding ->> 'findingId')::uuid, finding ->> 'kind', finding ->> 'substationId', finding ->> 'feederId', began,
         (finding -> 'customerMinutes' ->> 'change')::float8, finding ->> 'sentence', finding
       from jsonb_to_recordset($2) f (no integer, began timestamptz, finding jsonb)`,
      [this.run.runId, jsonText(rows)],
    );
  }

  async #summary(): Promise<Summary> {
    const { rows } = await this.client.query<{ customers: number }>(
      'select count(*)::integer as customers from network.customers',
    );
    const { name, author, startedAt, entriesTotal } = this.run;
    const thousandth = (value: number): number => Math.round(value * 1000) / 1000;
    return {
      run: name,
      order: this.#order,
      from: this.#from,
      to: this.#to,
      author,
      startedAt,
      comparedAt: new Date().toISOString(),
      entries: entriesTotal,
      outagesCompared: this.#compared,
      outagesEqual: this.#equal,
      findings: this.#findings,
      leftOut: this.#leftOut,
      customerMinutes: figureOf(thousandth(this.#minutes.stream), thousandth(this.#minutes.replay)),
      customersInterrupted: figureOf(this.#interrupted.stream, this.#interrupted.replay),
      customersServed: rows[0]!.customers,
    };
  }
}

/** Why a difference says nothing of either engine; null: it does. */
function whyNotJudged({ stream, added }: Finding, books: KeyBooks, testimonies: Testimonies): LeftOutReason | null {
  const { openedAnew, notYetStored } = testimonies;
  const joined = stream.flatMap(({ members }) => members.map((member) => books.joinedStream.get(memberKey(member))!));
  if ([...joined, ...stream.map(({ outageId }) => outageId)].some((id) => openedAnew.has(id))) return 'openedAnew';
  if (added.some((member) => notYetStored.has(identityOf(member)))) return 'changedSince';
  const { streamOutcomes } = testimonies.of(books);
  const isCopyOfBefore = added.some((member) => {
    const copies = books.entries.copiesOf(member);
    const ofItsTime = copies.filter(({ t }) => t === Date.parse(member.t));
    const [first] = [...(ofItsTime.length > 0 ? ofItsTime : copies)].sort(byLog);
    const outcomes = streamOutcomes.get(nameOf(member)) ?? [];
    return (
      first !== undefined && outcomes.some((outcome) => outcome.what === 'duplicate' && byLog(outcome, first) === 0)
    );
  });
  return isCopyOfBefore ? 'copyOfBefore' : null;
}
