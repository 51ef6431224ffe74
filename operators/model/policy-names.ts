/** What depends on the passing of time, by name: operators/policies has a file for each. */
export const POLICY_NAMES = [
  /** Restores an outage of which most are back and nothing is heard. */
  'auto-restore',
  /** Closes what was restored a day ago. */
  'auto-close',
  /** Closes what nobody has spoken of for a week. */
  'stale',
  /** Puts the rule set `storm` in force while much happens. */
  'storm-mode',
] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];
