import { keyText, type Key, type RulesCommand } from '../model/event.js';
import { policyCommandIdOf } from '../model/identity.js';
import type { PolicyName } from '../model/policy-names.js';
import { GIVEN_RULE_SETS } from '../model/rules.js';
import { HOUR_MS, MINUTE_MS } from './outage-policy.js';

const NAME: PolicyName = 'storm-mode';

/** Members joined per hour from which storm mode goes on, and below which it goes off again. */
export interface StormThresholds {
  readonly onEventsPerHour: number;
  readonly offEventsPerHour: number;
}

/** The policy that puts the rule set `storm` in force while much happens, and `standard` when it is over. */
export class StormMode {
  /** Members joined, by minute. */
  readonly #minutes = new Map<number, number>();
  readonly #keys = new Map<string, Key>();
  /** Keys that were told that storm mode is on. */
  readonly #told = new Set<string>();
  #on = false;

  constructor(private readonly thresholds: StormThresholds) {}

  /** `events` members joined outages of a key at `heardAt` (epoch ms); negative for those of an outage that merged away. */
  hear(key: Key, events: number, heardAt: number): void {
    this.#keys.set(keyText(key), key);
    const minute = Math.floor(heardAt / MINUTE_MS);
    this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + events);
  }

  /** The commands that are due at `nowMs`: one for every key that must know. */
  due(nowMs: number): { readonly key: Key; readonly command: RulesCommand }[] {
    const perHour = this.#perHour(nowMs);
    if (!this.#on && perHour > this.thresholds.onEventsPerHour) this.#on = true;
    else if (this.#on && perHour < this.thresholds.offEventsPerHour) return this.#off(nowMs, perHour);
    if (!this.#on) return [];
    const due = [...this.#keys].filter(([text]) => !this.#told.has(text));
    for (const [text] of due) this.#told.add(text);
    return due.map(([, key]) => ({ key, command: this.#command('storm', key, nowMs, perHour) }));
  }

  #perHour(nowMs: number): number {
    let events = 0;
    for (const [minute, count] of this.#minutes) {
      if (minute * MINUTE_MS <= nowMs - HOUR_MS) this.#minutes.delete(minute);
      else events += count;
    }
    return events;
  }

  #off(nowMs: number, perHour: number): { key: Key; command: RulesCommand }[] {
    this.#on = false;
    const told = [...this.#told].map((text) => this.#keys.get(text)!);
    this.#told.clear();
    return told.map((key) => ({ key, command: this.#command('standard', key, nowMs, perHour) }));
  }

  #command(name: 'storm' | 'standard', key: Key, at: number, perHour: number): RulesCommand {
    return {
      command: 'rules',
      // By key and minute: what was written before a crash and is written again is one command.
      commandId: policyCommandIdOf(`${NAME}/${name}/${keyText(key)}/${Math.floor(at / MINUTE_MS)}`),
      at,
      author: `policy/${NAME}`,
      reason: `${perHour} events in the last hour on this partition of the log`,
      ruleSet: GIVEN_RULE_SETS[name],
      validFrom: at,
    };
  }
}
