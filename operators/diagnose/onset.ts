import { Explanation, byOrder, noSums } from './explanation.js';
import { mergedPools, NO_SLOTS, POOL, sameNumbers, slotOf, type Pool, type Slots } from './returns.js';
import { byTime, type Report } from './report.js';
import { CONFIRMED, scoreOf, type Scene } from './score.js';
import { endOf } from './ending.js';
import { METER_BIAS_MS, ONU_BIAS_MS, SETTLE_MS } from './terms.js';
import { COUNTS, METERS, ONUS } from './tree.js';

/** A report joins an onset within this of its last, or of its source's. */
const JOIN_MS = 60_000;
const SAME_SOURCE_MS = 10_000;
/** So far apart, meter and ONU of a customer tell of one instant. */
const PAIR_MS = 6000;
/** What each is worth in their mean: an ONU tells of it after 5 s or so, a meter after one. */
const METER_SHARE = 0.77;
const ONU_SHARE = 0.23;
/** A return counts from so long after an onset, up to so long after the next. */
const RETURN_AFTER_MS = 3000;
const RETURN_INTO_NEXT_MS = 2000;
/** A close so long before an onset is not what ended it. */
const CLOSE_BEFORE_MS = 5000;

const NOBODY: readonly number[] = new Array<number>(COUNTS).fill(0);

/** What one customer's devices said, each list in order of time. */
export interface CustomerReports {
  readonly outages: Report[];
  readonly returns: Report[];
}

/** What a customer comes to: onsets, and returns that nothing accounts for. */
export interface CustomerSolution {
  readonly items: readonly Explanation[];
  readonly pool: Pool;
}

interface Return {
  readonly t: number;
  readonly closedAt: number | null;
  isUsed: boolean;
}

interface Onset {
  t: number;
  last: number;
  hasMeter: boolean;
  hasOnu: boolean;
  readonly reports: Report[];
}

/**
 * One customer: the reports as onsets, each with its return; who returned from no onset, and by no close, was out though nobody
 * said so, and goes to the pool.
 * @param before what was made of fewer reports: an onset that is the same keeps its object. Null makes all anew
 */
export function solveCustomer(
  scene: Scene,
  customer: number,
  { outages, returns }: CustomerReports,
  before: readonly Explanation[] | null,
): CustomerSolution {
  const back = returnsOf(scene, customer, returns);
  const onsets = onsetsIn(scene, customer, outages, back);
  const items = onsets.map((onset, i) => {
    const next = onsets[i + 1]?.t ?? Infinity;
    const returned = back.find((one) => isReturnOf(one, onset.t, next));
    if (returned) returned.isUsed = true;
    const slots = returned ? [slotOf(returned.t), 1] : NO_SLOTS;
    return before?.find((item) => isOnset(item, onset, slots)) ?? explained(scene, customer, onset, slots);
  });
  heedOperators(scene, customer, items);
  items.sort(byOrder);
  const phase = scene.tree.phase[customer]!;
  const pool = back
    .filter(({ isUsed, closedAt }) => !isUsed && closedAt === null)
    .map(({ t }) => {
      const entry = new Array<number>(POOL).fill(0);
      entry[0] = slotOf(t);
      entry[1 + phase] = 1;
      return entry;
    });
  return { items, pool: mergedPools(pool) };
}

/** What an operator said of the customer's own onsets: it was the service, or it was not. */
function heedOperators({ switching }: Scene, customer: number, items: readonly Explanation[]): void {
  for (const { t } of switching.tripsOf(customer)) {
    const said = items.filter((item) => Math.abs(item.t - t) <= PAIR_MS && !item.isConfirmed);
    const item = said.sort((a, b) => Math.abs(a.t - t) - Math.abs(b.t - t))[0];
    if (!item) continue;
    item.isConfirmed = true;
    item.gain += CONFIRMED;
    item.gainAlone += CONFIRMED;
  }
  for (const item of items) {
    if (!switching.isCancelled(customer, item.t)) continue;
    item.gain = Math.min(0, item.gain);
    item.gainAlone = Math.min(0, item.gainAlone);
  }
}

/** A customer's returns: restorations within 200 s are one, at the first. */
function returnsOf(scene: Scene, customer: number, restorations: readonly Report[]): Return[] {
  const back: Return[] = [];
  for (const { t } of restorations) {
    const last = back.at(-1);
    if (last && t - last.t <= SETTLE_MS) continue;
    back.push({ t, closedAt: scene.switching.closeFor(customer, t), isUsed: false });
  }
  return back;
}

function isReturnOf({ t, closedAt }: Return, onset: number, next: number): boolean {
  if (t <= onset + RETURN_AFTER_MS || t >= next + RETURN_INTO_NEXT_MS) return false;
  return closedAt === null || closedAt >= onset - CLOSE_BEFORE_MS;
}

/** When the opening was of which a report tells. */
export function openingOf({ speaker, t }: Report): number {
  return t - (speaker === 'onu' ? ONU_BIAS_MS : METER_BIAS_MS);
}

function onsetsIn(scene: Scene, customer: number, outages: readonly Report[], back: readonly Return[]): Onset[] {
  const reports = outages.toSorted((a, b) => openingOf(a) - openingOf(b) || byTime(a, b));
  const onsets: Onset[] = [];
  for (const report of reports) {
    const t = openingOf(report);
    const isOnu = report.speaker === 'onu';
    const onset = onsets.at(-1);
    if (onset && joins(scene, customer, onset, t, isOnu, back)) {
      onset.last = t;
      onset.reports.push(report);
      if (isOnu ? onset.hasOnu : onset.hasMeter) continue;
      onset.t = isOnu ? timeOfPair(onset.t, t) : timeOfPair(t, onset.t);
      if (isOnu) onset.hasOnu = true;
      else onset.hasMeter = true;
    } else onsets.push({ t, last: t, hasMeter: !isOnu, hasOnu: isOnu, reports: [report] });
  }
  return onsets;
}

function joins(
  scene: Scene,
  customer: number,
  onset: Onset,
  t: number,
  isOnu: boolean,
  back: readonly Return[],
): boolean {
  if (t - onset.last > JOIN_MS) return false;
  if ((isOnu ? onset.hasOnu : onset.hasMeter) && t - onset.last > SAME_SOURCE_MS) return false;
  const { switching } = scene;
  if (t - onset.t > PAIR_MS && switching.tripAt(customer, t) !== switching.tripAt(customer, onset.t)) return false;
  return !back.some((one) => one.t > onset.last + RETURN_AFTER_MS && one.t < t);
}

/** The time of an onset of which meter and ONU tell: far apart it is the ONU's, as meters' clocks drift. */
function timeOfPair(meter: number, onu: number): number {
  if (Math.abs(meter - onu) > PAIR_MS) return onu;
  return Math.round(meter * METER_SHARE + onu * ONU_SHARE);
}

function isOnset(item: Explanation, { t, reports }: Onset, returns: Slots): boolean {
  return (
    item.t === t &&
    sameNumbers(item.returns, returns) &&
    item.reports.length === reports.length &&
    reports.every((report, i) => item.reports[i] === report)
  );
}

/** An onset as an explanation by its customer's own node. */
function explained(scene: Scene, customer: number, onset: Onset, returns: Slots): Explanation {
  const { tree } = scene;
  const phase = tree.phase[customer]!;
  const sums = noSums();
  const at = customer * COUNTS;
  for (let i = 0; i < COUNTS; i++) sums.lost[i] = tree.counts[at + i]!;
  sums.reporters = 1;
  sums.customers[phase] = 1;
  if (onset.hasMeter) sums.reporting[METERS + phase] = 1;
  if (onset.hasOnu) sums.reporting[ONUS + phase] = 1;
  if (returns.length > 0) {
    sums.returned = 1;
    sums.returnedMeters = onset.hasMeter ? 1 : 0;
    sums.returnedOnus = onset.hasOnu ? 1 : 0;
  }
  const { t, reports } = onset;
  const item = new Explanation({ node: customer, phases: 1 << phase, t, sums, reports, parts: null, returns });
  const { gainAlone } = scoreOf(scene, {
    node: customer,
    phases: item.phases,
    sums,
    returns: NO_SLOTS,
    word: 'none',
    dead: NOBODY,
  });
  item.gain = gainAlone;
  item.gainAlone = gainAlone;
  item.end = endOf(scene, item);
  return item;
}
