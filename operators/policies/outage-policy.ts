import type { Flag } from '../model/flags.js';
import type { OutageRecord } from '../model/outage.js';
import type { PolicyName } from '../model/policy-names.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** What a policy has decided about an outage. */
export interface Decision {
  readonly command: 'restore' | 'close';
  readonly reason: string;
  readonly flag?: Flag;
}

/** A policy that looks at one outage and at how long nothing was heard of it. */
export interface OutagePolicy {
  readonly name: PolicyName;
  /** Null: nothing is due. */
  decide(record: OutageRecord, quietMs: number): Decision | null;
}
