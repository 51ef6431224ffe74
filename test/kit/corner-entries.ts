/** Builders of entries for logs that press on one corner of the contract each. */
import {
  isCommand,
  type Key,
  type LogEntry,
  type OutageCommand,
  type PlacedEvent,
} from '../../operators/model/event.js';
import { outageIdOf } from '../../operators/model/identity.js';
import type { RuleSet } from '../../operators/model/rules.js';
import { timeOf } from '../../operators/model/time.js';
import { HERE, MINUTE, rulesFrom, START, type LogOf } from './random-log.js';
import type { KeyLog } from './second-engine.js';

export type Report = Partial<PlacedEvent> & { readonly id: string; readonly ms?: number };

/** A report of a customer's meter, `ms` after the start. */
export function report({ id, ms = 0, ...fields }: Report): PlacedEvent {
  const occurredAt = START + ms;
  return {
    source: 'kaifa',
    kind: 'outage',
    type: '',
    sourceEventId: id,
    assetId: `M-${id}`,
    occurredAt,
    receivedAt: occurredAt,
    ...HERE,
    dpId: null,
    reach: 'point',
    customerId: `C-${id}`,
    feederCustomers: 0,
    flags: [],
    ...fields,
  };
}

export const wide = (fields: Report): PlacedEvent =>
  report({ source: 'scada', reach: 'feeder', customerId: null, assetId: null, feederCustomers: 12, ...fields });

export const rules = (ruleSet: RuleSet, minute: number, commandId = `rules-${minute}`): LogEntry =>
  rulesFrom(ruleSet, minute, commandId);

/** The id of the outage that a report opened or would open: the first of that id among entries, else one at the start. */
export function outageOf(key: Key, opener: string, entries: readonly LogEntry[]): string {
  const first = entries.find(
    (entry): entry is PlacedEvent => !isCommand(entry) && entry.kind === 'outage' && entry.sourceEventId === opener,
  );
  const event = first ?? report({ id: opener });
  return outageIdOf(key, event, timeOf(event));
}

/** A command on the outage that a report opened. */
export const command =
  (name: OutageCommand['command'], opener: string, minute: number, fields: Partial<OutageCommand> = {}): LogOf =>
  (key, before = []) => [
    {
      command: name,
      commandId: `${name}-${opener}-${minute}`,
      outageId: outageOf(key, opener, before),
      at: START + minute * MINUTE,
      author: 'ann',
      reason: null,
      ...fields,
    },
  ];

export const always =
  (...entries: readonly LogEntry[]): LogOf =>
  () => [...entries];

export const joined =
  (...logs: readonly LogOf[]): LogOf =>
  (key, before = []) => {
    const entries: LogEntry[] = [];
    for (const log of logs) entries.push(...log(key, [...before, ...entries]));
    return entries;
  };

/** A log with what it presses on. */
export interface Corner {
  readonly name: string;
  readonly log: LogOf;
  readonly at?: KeyLog['at'];
}
