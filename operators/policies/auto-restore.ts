import { HOUR_MS, type OutagePolicy } from './outage-policy.js';

const QUIET_MS = HOUR_MS;
const RESTORED_SHARE = 0.8;

/** Many meters never say that they are back: where most are and nothing is heard, the others are taken for back too. */
export const autoRestore: OutagePolicy = {
  name: 'auto-restore',
  decide({ status, customersAffected, customersOut }, quietMs) {
    if (status === 'restored' || quietMs < QUIET_MS) return null;
    const back = customersAffected - customersOut;
    if (customersAffected === 0 || back < RESTORED_SHARE * customersAffected) return null;
    const reason = `${back} of ${customersAffected} customers are back and nothing was heard for 60 min; ${customersOut} are still silent`;
    return { command: 'restore', reason, flag: 'unverified' };
  },
};
