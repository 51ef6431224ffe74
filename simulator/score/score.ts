import type { SaidFault, TrueFault } from './faults-file.js';

/** How many of how many are right. */
export interface Share {
  readonly right: number;
  readonly of: number;
  /** Null of none. */
  readonly share: number | null;
}

/** Those who said about the same confidence. */
export interface Tenth extends Share {
  /** Confidences from this one on, below `to`; the last tenth has 1 as well. */
  readonly from: number;
  readonly to: number;
  /** What they said on the average; null of none. */
  readonly said: number | null;
}

/** How well a diagnosis found what really was. */
export interface Score {
  /** True faults of which there is a report: what nobody reported cannot be found. */
  readonly trueFaults: number;
  readonly unreported: number;
  readonly saidFaults: number;
  /** Of those, which name no device. */
  readonly unnamed: number;
  /** True faults whose reports are the members of one fault, which has no others. */
  readonly exact: Share;
  /** Over the reports of true faults: how pure and how whole are the faults that they were put in; null of none. */
  readonly bCubed: { readonly precision: number; readonly recall: number; readonly f1: number } | null;
  /** True faults whose device is named, or said to be equivalent, by the fault that has most of their reports. */
  readonly device: Share;
  /** Of faults that name a device, by their confidence: how often it is that of the fault most members are of. */
  readonly calibration: readonly Tenth[];
  /** The same of those who say 0.85 to 0.95. */
  readonly around90: Share;
}

const TENTHS = 10;
const AROUND_90 = [0.85, 0.95] as const;

/** Scores what a diagnosis says of a storm against its truth. No report may be in two faults of one list. */
export function scoreFaults(truth: readonly TrueFault[], said: readonly SaidFault[]): Score {
  const reported = truth.filter(({ reports }) => reports.length > 0);
  const saidOf = new Map(said.flatMap((fault) => fault.members.map((name) => [name, fault] as const)));
  const trueOf = new Map(reported.flatMap((fault) => fault.reports.map((name) => [name, fault] as const)));
  const found = reported.map((fault) => ({ fault, parts: partsOf(fault.reports, saidOf) }));
  const named = said
    .filter(({ device }) => device !== null)
    .map(({ confidence, ...fault }) => {
      const meant = largest(partsOf(fault.members, trueOf));
      return { confidence, isRight: meant !== null && hasNamed(fault, meant) };
    });
  return {
    trueFaults: reported.length,
    unreported: truth.length - reported.length,
    saidFaults: said.length,
    unnamed: said.length - named.length,
    exact: shareOf(found, ({ fault, parts }) => isExact(fault, parts)),
    bCubed: bCubedOf(found),
    device: shareOf(found, ({ fault, parts }) => {
      const best = largest(parts, ({ members }) => members.length);
      return best !== null && hasNamed(best, fault);
    }),
    calibration: Array.from({ length: TENTHS }, (_, tenth) => {
      const those = named.filter(({ confidence }) => tenthOf(confidence) === tenth);
      const sum = those.reduce((total, { confidence }) => total + confidence, 0);
      return {
        from: tenth / TENTHS,
        to: (tenth + 1) / TENTHS,
        said: those.length === 0 ? null : sum / those.length,
        ...shareOf(those, ({ isRight }) => isRight),
      };
    }),
    around90: shareOf(
      named.filter(({ confidence }) => confidence >= AROUND_90[0] && confidence <= AROUND_90[1]),
      ({ isRight }) => isRight,
    ),
  };
}

/** A true fault, and the faults that its reports were put in, with how many each has. */
interface Found {
  readonly fault: TrueFault;
  readonly parts: ReadonlyMap<SaidFault, number>;
}

/** The faults that have reports of a list, in the order of these, with how many. */
function partsOf<F>(reports: readonly string[], faultOf: ReadonlyMap<string, F>): Map<F, number> {
  const parts = new Map<F, number>();
  for (const report of reports) {
    const fault = faultOf.get(report);
    if (fault) parts.set(fault, (parts.get(fault) ?? 0) + 1);
  }
  return parts;
}

/** The part with most reports; of several, the one with the smaller size, then the first. Null if there is none. */
function largest<F>(parts: ReadonlyMap<F, number>, sizeOf: (fault: F) => number = () => 0): F | null {
  let best: { readonly fault: F; readonly count: number; readonly size: number } | null = null;
  for (const [fault, count] of parts) {
    const size = sizeOf(fault);
    if (!best || count > best.count || (count === best.count && size < best.size)) best = { fault, count, size };
  }
  return best && best.fault;
}

function hasNamed({ device, equivalent }: Pick<SaidFault, 'device' | 'equivalent'>, { deviceId }: TrueFault): boolean {
  return device !== null && (device === deviceId || equivalent.includes(deviceId));
}

function isExact({ reports }: TrueFault, parts: ReadonlyMap<SaidFault, number>): boolean {
  const [only] = parts;
  if (!only || parts.size > 1) return false;
  const [{ members }, count] = only;
  return count === reports.length && count === members.length;
}

/** Members that are no reports of true faults do not count, and a report that is in no fault counts nothing. */
function bCubedOf(found: readonly Found[]): Score['bCubed'] {
  const all = found.reduce((sum, { fault }) => sum + fault.reports.length, 0);
  if (all === 0) return null;
  const sizes = new Map<SaidFault, number>();
  for (const { parts } of found) for (const [said, count] of parts) sizes.set(said, (sizes.get(said) ?? 0) + count);
  let pure = 0;
  let whole = 0;
  for (const { fault, parts } of found) {
    for (const [said, count] of parts) {
      // Each of the `count` reports has `count` of its own with it.
      pure += (count * count) / sizes.get(said)!;
      whole += (count * count) / fault.reports.length;
    }
  }
  const precision = pure / all;
  const recall = whole / all;
  return { precision, recall, f1: pure === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

function tenthOf(confidence: number): number {
  return Math.min(Math.floor(confidence * TENTHS), TENTHS - 1);
}

function shareOf<T>(those: readonly T[], isRight: (one: T) => boolean): Share {
  const right = those.filter(isRight).length;
  return { right, of: those.length, share: those.length === 0 ? null : right / those.length };
}
