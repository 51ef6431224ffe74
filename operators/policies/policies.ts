import type { Key, OutageCommand, RulesCommand } from '../model/event.js';
import { policyCommandIdOf } from '../model/identity.js';
import type { OutageRecord } from '../model/outage.js';
import type { PolicyName } from '../model/policy-names.js';
import { isOver } from '../model/status.js';
import { autoClose } from './auto-close.js';
import { autoRestore } from './auto-restore.js';
import type { OutagePolicy } from './outage-policy.js';
import { stale } from './stale.js';
import { StormMode, type StormThresholds } from './storm-mode.js';

/**
 * What depends on the passing of time. A policy reads outage records and writes commands to the log, with itself as
 * author and its reason; it decides nothing by itself. Time is what the records' topic says of when they came, and is
 * passed in: epoch ms.
 */

/** The policies that look at one outage: the first that has something to say of it is heard. */
const OUTAGE_POLICIES: readonly OutagePolicy[] = [autoClose, autoRestore, stale];

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
  readonly #outagePolicies: readonly OutagePolicy[];
  readonly #stormMode: StormMode | null;

  /** @param stormMode when the policy storm-mode, if it is switched on, acts */
  constructor(switchedOn: ReadonlySet<PolicyName>, stormMode: StormThresholds) {
    this.#outagePolicies = OUTAGE_POLICIES.filter(({ name }) => switchedOn.has(name));
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
      const command = this.#commandOn(record, nowMs - heardAt, nowMs);
      if (!command || this.#given.get(record.outageId) === command.commandId) continue;
      this.#given.set(record.outageId, command.commandId);
      due.push({ key: { substationId: record.substationId, feederId: record.feederId }, command });
    }
    return due;
  }

  #commandOn(record: OutageRecord, quietMs: number, at: number): OutageCommand | null {
    const { outageId, log, revision } = record;
    for (const policy of this.#outagePolicies) {
      const decision = policy.decide(record, quietMs);
      if (!decision) continue;
      const { name } = policy;
      // By record and policy: what was written before a crash and is written again is one command.
      const commandId = policyCommandIdOf(`${name}/${outageId}/${log.offset}/${revision}`);
      return { ...decision, commandId, outageId, at, author: `policy/${name}` };
    }
    return null;
  }
}
