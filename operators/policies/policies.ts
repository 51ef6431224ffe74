import type { Key, OutageCommand, RulesCommand } from '../model/event.js';
import { policyCommandIdOf } from '../model/identity.js';
import type { OutageRecord } from '../model/outage.js';
import { isOver } from '../model/status.js';
import { StormMode, type StormThresholds } from './storm-mode.js';

/**
 * What depends on the passing of time. A policy reads outage records and writes commands to the log, with itself as
 * author and its reason; it decides nothing by itself. Time is what the records' topic says of when they came, and is
 * passed in: epoch ms.
 */

const MINUTE_MS = 60_000;
const QUIET_MS = 60 * MINUTE_MS;
const RESTORED_FOR_MS = 24 * 60 * MINUTE_MS;
const STALE_MS = 7 * 24 * 60 * MINUTE_MS;
const RESTORED_SHARE = 0.8;

export const OUTAGE_POLICIES = ['auto-restore', 'auto-close', 'stale'] as const;
export type OutagePolicy = (typeof OUTAGE_POLICIES)[number];

interface Watched {
  readonly record: OutageRecord;
  /** When its last record came, epoch ms. */
  readonly heardAt: number;
}

/** The outages of one partition that some policy may still act on. */
export class Policies {
  readonly #watched = new Map<string, Watched>();
  /** The last command given for an outage: said once, unless the process dies before it is written. */
  readonly #given = new Map<string, string>();

  readonly #stormMode: StormMode | null;

  /** @param stormMode when the policy storm-mode, if it is switched on, acts */
  constructor(
    private readonly switchedOn: ReadonlySet<string>,
    stormMode: StormThresholds,
  ) {
    this.#stormMode = switchedOn.has('storm-mode') ? new StormMode(stormMode) : null;
  }

  /** Takes in an outage record that came at `heardAt`. */
  hear(record: OutageRecord, heardAt: number): void {
    const joined = record.events - (this.#watched.get(record.outageId)?.record.events ?? 0);
    this.#stormMode?.hear({ substationId: record.substationId, feederId: record.feederId }, joined, heardAt);
    if (isOver(record.status)) {
      this.#watched.delete(record.outageId);
      this.#given.delete(record.outageId);
    } else {
      this.#watched.set(record.outageId, { record, heardAt });
    }
  }

  /** The commands that are due at `nowMs` and were not given yet. A new process may give one again, with the same id. */
  due(nowMs: number): { readonly key: Key; readonly command: OutageCommand | RulesCommand }[] {
    const due: { key: Key; command: OutageCommand | RulesCommand }[] = this.#stormMode?.due(nowMs) ?? [];
    for (const { record, heardAt } of this.#watched.values()) {
      const command = this.#decide(record, nowMs - heardAt, nowMs);
      if (!command || this.#given.get(record.outageId) === command.commandId) continue;
      this.#given.set(record.outageId, command.commandId);
      due.push({ key: { substationId: record.substationId, feederId: record.feederId }, command });
    }
    return due;
  }

  #decide(record: OutageRecord, quietMs: number, nowMs: number): OutageCommand | null {
    const { status, customersAffected, customersOut } = record;
    if (status === 'restored') {
      if (quietMs < RESTORED_FOR_MS) return null;
      return this.#command('auto-close', 'close', record, nowMs, 'restored for 24 h');
    }
    const back = customersAffected - customersOut;
    if (quietMs >= QUIET_MS && customersAffected > 0 && back >= RESTORED_SHARE * customersAffected) {
      const reason = `${back} of ${customersAffected} customers are back and nothing was heard for 60 min; ${customersOut} are still silent`;
      const command = this.#command('auto-restore', 'restore', record, nowMs, reason);
      if (command) return { ...command, flag: 'unverified' };
    }
    return quietMs >= STALE_MS ? this.#command('stale', 'close', record, nowMs, 'nothing heard for 7 days') : null;
  }

  #command(
    policy: OutagePolicy,
    command: 'restore' | 'close',
    { outageId, log, revision }: OutageRecord,
    at: number,
    reason: string,
  ): OutageCommand | null {
    if (!this.switchedOn.has(policy)) return null;
    // By record and policy: what was written before a crash and is written again is one command.
    const commandId = policyCommandIdOf(`${policy}/${outageId}/${log.offset}/${revision}`);
    return { command, commandId, outageId, at, author: `policy/${policy}`, reason };
  }
}
