import { TableRows, type TableColumns } from '../../../connections/postgres/table-rows.js';
import { canonicalCommand } from '../../../operators/model/canonical-event.js';
import type { Command, Key } from '../../../operators/model/event.js';
import { LOG_COLUMNS, type OfLog, type Projection } from './projection.js';

interface Row extends OfLog {
  readonly command: Command;
  readonly key: Key;
}

const COLUMNS: TableColumns<Row> = {
  command_id: ['text', ({ command }) => command.commandId],
  command: ['text', ({ command }) => command.command],
  outage_id: ['uuid', ({ command }) => ('outageId' in command ? command.outageId : null)],
  substation_id: ['text', ({ key }) => key.substationId],
  feeder_id: ['text', ({ key }) => key.feederId],
  at: ['timestamptz', ({ command }) => command.at],
  author: ['text', ({ command }) => command.author],
  reason: ['text', ({ command }) => command.reason],
  body: ['jsonb', ({ command }) => canonicalCommand(command)],
  ...LOG_COLUMNS,
};

/** oms.commands: what people and policies decided. */
export class Commands extends TableRows<Row> implements Projection {
  constructor() {
    super('oms.commands', COLUMNS);
  }
}
