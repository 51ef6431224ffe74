import { expect, it } from 'vitest';
import { outageRecord } from '../api/outageRecord.fixture.js';
import { totals } from './totals.js';

it('counts open outages only', () => {
  const open = { severity: 'critical', customersOut: 900 } as const;
  const outages = [
    { record: outageRecord(open), arrivedAt: null, restoredSeenAt: null },
    { record: outageRecord({ customersOut: 4 }), arrivedAt: 1, restoredSeenAt: null },
    { record: outageRecord({ ...open, status: 'restored' }), arrivedAt: null, restoredSeenAt: 1 },
  ];
  expect(totals(outages)).toEqual({ open: 2, customersOut: 904, critical: 1 });
});
