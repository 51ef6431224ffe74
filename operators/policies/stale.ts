import { DAY_MS, type OutagePolicy } from './outage-policy.js';

/** Closes what is not restored, and of which nothing was heard for a week. */
export const stale: OutagePolicy = {
  name: 'stale',
  decide({ status }, quietMs) {
    if (status === 'restored' || quietMs < 7 * DAY_MS) return null;
    return { command: 'close', reason: 'nothing heard for 7 days' };
  },
};
