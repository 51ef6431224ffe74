import { describe, expect, it } from 'vitest';
import { isCommand } from '../model/event.js';
import type { OutageRecord } from '../model/outage.js';
import type { PolicyName } from '../model/policy-names.js';
import { bySource } from '../model/source.js';
import { Policies } from './policies.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 9, 4, 12);
const NEVER = { onEventsPerHour: Infinity, offEventsPerHour: 0 };
const ALL: ReadonlySet<PolicyName> = new Set(['auto-restore', 'auto-close', 'stale'] as const);

const record = (fields: Partial<OutageRecord> = {}): OutageRecord => ({
  outageId: '5db28881-fbc5-555b-a06d-1d64dc71a51c',
  substationId: 'S',
  feederId: 'F',
  incidentId: null,
  status: 'partially_restored',
  confidence: 0.8,
  severity: 'low',
  firstDetectedAt: '2026-10-04T10:00:00.000Z',
  lastEventAt: '2026-10-04T10:00:00.000Z',
  restoredAt: null,
  momentary: false,
  mergedInto: null,
  openedBy: { source: 'kaifa', sourceEventId: '1' },
  reporters: { ...bySource(() => 0), kaifa: 1 },
  events: 10,
  assetsAffected: 10,
  assetsOut: 2,
  customersAffected: 10,
  customersOut: 2,
  center: null,
  bbox: null,
  flags: [],
  ruleSet: 'standard',
  crew: [],
  etr: null,
  acknowledgedBy: [],
  revision: 12,
  log: { partition: 0, offset: 1 },
  ...fields,
});

function due(fields: Partial<OutageRecord>, quietMs: number, switchedOn: ReadonlySet<PolicyName> = ALL): string[] {
  const policies = new Policies(switchedOn, NEVER);
  policies.hear(record(fields), NOW - quietMs);
  return policies.due(NOW).map(({ command }) => command.command);
}

describe('auto-restore', () => {
  it('restores when 80 % of the customers are back and nothing was heard for 60 min', () => {
    expect(due({}, HOUR)).toEqual(['restore']);
    expect(due({}, HOUR - 1)).toEqual([]);
    expect(due({ customersOut: 3 }, HOUR)).toEqual([]);
  });

  it('flags it unverified, with the number still silent and itself as author', () => {
    const policies = new Policies(ALL, NEVER);
    policies.hear(record(), NOW - HOUR);
    const [{ key, command }] = policies.due(NOW) as [ReturnType<Policies['due']>[number]];
    expect(key).toEqual({ substationId: 'S', feederId: 'F' });
    expect(command).toMatchObject({ command: 'restore', author: 'policy/auto-restore', flag: 'unverified', at: NOW });
    expect(command.reason).toContain('2 are still silent');
  });

  it('leaves alone what nobody is known to be out of', () => {
    expect(due({ customersAffected: 0, customersOut: 0 }, 2 * HOUR)).toEqual([]);
  });
});

describe('auto-close and stale', () => {
  it('closes what was restored for 24 h', () => {
    expect(due({ status: 'restored' }, 24 * HOUR)).toEqual(['close']);
    expect(due({ status: 'restored' }, 24 * HOUR - 1)).toEqual([]);
  });

  it('closes what was not heard of for 7 days', () => {
    expect(due({ status: 'confirmed', customersOut: 10 }, 7 * 24 * HOUR)).toEqual(['close']);
    expect(due({ status: 'confirmed', customersOut: 10 }, 7 * 24 * HOUR - 1)).toEqual([]);
  });

  it('is done with what is closed, cancelled or merged', () => {
    for (const status of ['closed', 'cancelled', 'merged'] as const) expect(due({ status }, 8 * 24 * HOUR)).toEqual([]);
  });
});

describe('every policy', () => {
  it('can be switched off', () => {
    expect(due({}, HOUR, new Set(['auto-close', 'stale']))).toEqual([]);
    expect(due({ status: 'restored' }, 24 * HOUR, new Set(['auto-restore', 'stale']))).toEqual([]);
    expect(due({ customersOut: 10 }, 7 * 24 * HOUR, new Set(['auto-restore', 'auto-close']))).toEqual([]);
  });

  it('says a thing once, and a new process says it under the same id', () => {
    const policies = new Policies(ALL, NEVER);
    policies.hear(record(), NOW - HOUR);
    const [first] = policies.due(NOW);
    expect(policies.due(NOW + MINUTE)).toEqual([]);
    const reborn = new Policies(ALL, NEVER);
    reborn.hear(record(), NOW - HOUR);
    expect(reborn.due(NOW + MINUTE)[0]!.command.commandId).toBe(first!.command.commandId);
  });
});

describe('storm mode', () => {
  const stormy = (): Policies => new Policies(new Set(['storm-mode']), { onEventsPerHour: 100, offEventsPerHour: 10 });
  const names = (policies: Policies, at: number): string[] =>
    policies
      .due(at)
      .map(({ command }) => (isCommand(command) && command.command === 'rules' ? command.ruleSet.name : ''));

  it('goes on above its threshold of events in an hour, once for every feeder, and off below the lower one', () => {
    const policies = stormy();
    policies.hear(record({ events: 100 }), NOW);
    expect(names(policies, NOW)).toEqual([]);
    policies.hear(record({ events: 101 }), NOW);
    expect(names(policies, NOW)).toEqual(['storm']);
    expect(names(policies, NOW + MINUTE)).toEqual([]);
    policies.hear(record({ outageId: 'b', feederId: 'G', events: 1 }), NOW + MINUTE);
    expect(names(policies, NOW + MINUTE)).toEqual(['storm']);
    expect(names(policies, NOW + HOUR - 1)).toEqual([]);
    expect(names(policies, NOW + 3 * HOUR)).toEqual(['standard', 'standard']);
  });

  it('counts a member once, though its outage merges', () => {
    const policies = stormy();
    policies.hear(record({ outageId: 'a', events: 60 }), NOW);
    policies.hear(record({ outageId: 'b', events: 30 }), NOW);
    policies.hear(record({ outageId: 'b', events: 0, status: 'merged', mergedInto: 'a' }), NOW);
    policies.hear(record({ outageId: 'a', events: 90 }), NOW);
    expect(names(policies, NOW)).toEqual([]);
  });

  it('holds from when it was decided, on the log as a command of its own', () => {
    const policies = stormy();
    policies.hear(record({ events: 101 }), NOW);
    expect(policies.due(NOW)[0]!.command).toMatchObject({
      command: 'rules',
      validFrom: NOW,
      author: 'policy/storm-mode',
    });
  });
});
