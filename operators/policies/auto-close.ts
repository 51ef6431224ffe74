import { DAY_MS, type OutagePolicy } from './outage-policy.js';

/** Closes what is restored, and of which nothing was heard for a day. */
export const autoClose: OutagePolicy = {
  name: 'auto-close',
  decide({ status }, quietMs) {
    return status === 'restored' && quietMs >= DAY_MS ? { command: 'close', reason: 'restored for 24 h' } : null;
  },
};
