import type { Status } from '../model/status.js';
import type { ComparedMember, ComparedOutage } from '../reconcile/finding.js';
import { memberKey, type KeyEntries, type StoredEvent } from '../reconcile/stored-entry.js';

const MINUTE_MS = 60_000;

type Interruption = Pick<ComparedOutage, 'customersInterrupted' | 'customerMinutes'>;

/** A time without supply, epoch ms. */
type Spell = readonly [from: number, to: number];

const NONE: Interruption = { customersInterrupted: 0, customerMinutes: 0 };

/** When the units of one key were back, by restorations of the field. */
export class Restorations {
  readonly #ofUnit = new Map<string, number[]>();
  readonly #ofAll: number[] = [];

  constructor(private readonly entries: KeyEntries) {
    for (const { unit, reach, t } of entries.restorations) {
      if (reach !== 'point') this.#ofAll.push(t);
      else if (this.#ofUnit.has(unit)) this.#ofUnit.get(unit)!.push(t);
      else this.#ofUnit.set(unit, [t]);
    }
    for (const times of [this.#ofAll, ...this.#ofUnit.values()]) times.sort((a, b) => a - b);
  }

  /**
   * How long the customers of an outage were without supply: each from its first report to its restoration, times with
   * supply in between left out; with a report of the whole feeder all its customers, until that one is back.
   * @param members its outage events
   * @param untilMs what counts as the end where nothing was heard of one, epoch ms
   * @returns nothing for an outage that IEEE 1366 does not count as sustained, or that never was
   */
  interruptionOf(
    { status, momentary }: { readonly status: Status; readonly momentary: boolean },
    members: readonly ComparedMember[],
    untilMs: number,
  ): Interruption {
    if (momentary || status === 'cancelled') return NONE;
    const decided = this.#decidedTimes(members);
    const wide: Spell[] = [];
    const ofCustomer = new Map<string, Spell[]>();
    let feederCustomers = 0;
    for (const member of members) {
      const event = this.entries.eventOf(member);
      if (!event) continue;
      const t = Date.parse(member.t);
      const spell: Spell = [t, Math.max(t, this.#backAt(event, t, decided) ?? untilMs)];
      if (event.reach !== 'point') {
        wide.push(spell);
        feederCustomers = Math.max(feederCustomers, event.feederCustomers);
      }
      if (!event.isCustomer) continue;
      const known = ofCustomer.get(event.unit);
      if (known) known.push(spell);
      else ofCustomer.set(event.unit, [spell]);
    }
    let sumMs = 0;
    for (const spells of ofCustomer.values()) sumMs += lengthMs([...spells, ...wide]);
    const others = Math.max(0, feederCustomers - ofCustomer.size);
    sumMs += others * lengthMs(wide);
    return { customersInterrupted: ofCustomer.size + others, customerMinutes: sumMs / MINUTE_MS };
  }

  /** When somebody decided that the outage was over: it names the one that has the event which opened it. */
  #decidedTimes(members: readonly ComparedMember[]): number[] {
    const commands = this.entries.commands.filter(
      ({ command, openedBy }) => openedBy !== null && (command === 'restore' || command === 'close'),
    );
    if (commands.length === 0) return [];
    const openers = new Set(members.map(memberKey));
    return commands
      .filter(({ openedBy }) => openers.has(memberKey(openedBy!)))
      .map(({ t }) => t)
      .sort((a, b) => a - b);
  }

  #backAt({ unit }: StoredEvent, t: number, decided: readonly number[]): number | null {
    const times = [this.#ofUnit.get(unit) ?? [], this.#ofAll, decided].flatMap((all) => firstFrom(all, t) ?? []);
    return times.length === 0 ? null : Math.min(...times);
  }
}

/** The first of sorted times at or after `t`. */
function firstFrom(times: readonly number[], t: number): number | null {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < t) low = middle + 1;
    else high = middle;
  }
  return times[low] ?? null;
}

/** How long some spells last together; where they overlap, once. */
function lengthMs(spells: readonly Spell[]): number {
  let sum = 0;
  let end = -Infinity;
  for (const [from, to] of [...spells].sort(([a], [b]) => a - b)) {
    if (to <= end) continue;
    sum += to - Math.max(from, end);
    end = to;
  }
  return sum;
}
