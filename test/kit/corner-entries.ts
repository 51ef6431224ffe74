/** Builders of entries for logs that press on one corner of the contract each. */
import type { LogEntry, OutageCommand, PlacedEvent } from '../../operators/model/event.js';
import { outageIdOf } from '../../operators/model/identity.js';
import type { RuleSet } from '../../operators/model/rules.js';
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

/** A command on the outage that a meter's report opened. */
export const command =
  (name: OutageCommand['command'], opener: string, minute: number, fields: Partial<OutageCommand> = {}): LogOf =>
  ({ substationId, feederId }) => [
    {
      command: name,
      commandId: `${name}-${opener}-${minute}`,
      outageId: outageIdOf(substationId, feederId, 'kaifa', opener),
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
  (key) =>
    logs.flatMap((log) => log(key));

/** A log with what it presses on. */
export interface Corner {
  readonly name: string;
  readonly log: LogOf;
  readonly at?: KeyLog['at'];
}
