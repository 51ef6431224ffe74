import type { Static } from 'typebox';
import type { Immutable } from './immutable.js';
import type { RuleSetSchema } from './rule-set-schema.js';
import { bySource, type Source } from './source.js';

/** What links, confirms and ages events, from a time on. See the contract, "Rule sets". */
export type RuleSet = Immutable<Static<typeof RuleSetSchema>>;

/** A rule set that names every source: it may stand on a log from before there was one of them. */
export interface RuleSetInForce extends RuleSet {
  readonly weights: Readonly<Record<Source, number>>;
}

const MINUTE_MS = 60_000;

const standard: RuleSetInForce = {
  name: 'standard',
  windowMs: 30 * MINUTE_MS,
  radiusM: 1000,
  latenessMs: 10 * MINUTE_MS,
  retentionMs: 360 * MINUTE_MS,
  weights: bySource((_, { weight }) => weight),
  confirmThreshold: 0.7,
  severity: { medium: 10, high: 100, critical: 1000 },
};

/** The given rule sets; `standard` is in force where nobody said anything. */
export const GIVEN_RULE_SETS = {
  standard,
  storm: { ...standard, name: 'storm', windowMs: 60 * MINUTE_MS, radiusM: 2000, confirmThreshold: 0.5 },
  'scada-priority': {
    ...standard,
    name: 'scada-priority',
    windowMs: 15 * MINUTE_MS,
    radiusM: 500,
    confirmThreshold: 0.9,
  },
} as const satisfies Record<string, RuleSetInForce>;

interface DatedRuleSet {
  readonly validFrom: number;
  readonly ruleSet: RuleSetInForce;
}

/**
 * The rule sets on one key's log, by the time from which each holds. Of two with the same start the later on the log
 * holds.
 */
export class RuleTimeline {
  #dated: DatedRuleSet[] = [{ validFrom: -Infinity, ruleSet: standard }];
  #maxRetentionMs: number = standard.retentionMs;
  #maxWindowMs: number = standard.windowMs;

  /** The rule sets by their start, ascending; the first is `standard`, from the beginning of time. */
  get dated(): readonly DatedRuleSet[] {
    return this.#dated;
  }

  /** The longest retention of any rule set so far: what is older has no effect under any of them. */
  get maxRetentionMs(): number {
    return this.#maxRetentionMs;
  }

  get maxWindowMs(): number {
    return this.#maxWindowMs;
  }

  /** Takes in a rule set that holds from `validFrom` (epoch ms). */
  add(ruleSet: RuleSet, validFrom: number): void {
    const added = { validFrom, ruleSet: { ...ruleSet, weights: { ...standard.weights, ...ruleSet.weights } } };
    this.#dated = [...this.#dated.filter((entry) => entry.validFrom !== validFrom), added].sort((a, b) =>
      a.validFrom < b.validFrom ? -1 : 1,
    );
    this.heed(ruleSet);
  }

  /** Heeds a retention and a window, though the rule set that had them may have given way to another of the same start. */
  heed({ retentionMs, windowMs }: Pick<RuleSet, 'retentionMs' | 'windowMs'>): void {
    this.#maxRetentionMs = Math.max(this.#maxRetentionMs, retentionMs);
    this.#maxWindowMs = Math.max(this.#maxWindowMs, windowMs);
  }

  /** The rule set in force at `t` (epoch ms): that with the latest start at or before it. */
  at(t: number): RuleSetInForce {
    const dated = this.#dated;
    let i = dated.length - 1;
    while (dated[i]!.validFrom > t) i--;
    return dated[i]!.ruleSet;
  }
}
