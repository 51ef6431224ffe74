import type { Command, LogEntry, PlacedEvent, ReportedEvent } from './event.js';
import { isCommand } from './event.js';
import { formatTime } from './time.js';

/** Events and commands as people and files have them: field names of the canonical event, times in ISO 8601. */

type WithTimes<T> = Omit<T, 'occurredAt' | 'receivedAt'> & { readonly occurredAt: string; readonly receivedAt: string };

/** A report or a placed event in canonical form; all else it carries stays beside. */
export function canonicalEvent<T extends ReportedEvent | PlacedEvent>(event: T): WithTimes<T> {
  return { ...event, occurredAt: formatTime(event.occurredAt), receivedAt: formatTime(event.receivedAt) };
}

/** A command with its times in ISO 8601. */
export function canonicalCommand(command: Command): Record<string, unknown> {
  const at = formatTime(command.at);
  if (command.command === 'rules') return { ...command, at, validFrom: formatTime(command.validFrom) };
  if (command.command === 'meaning') return { ...command, at };
  if (command.command === 'amend') return { ...command, at, members: command.members.map(canonicalEvent) };
  if (command.etr === undefined || command.etr === null) return { ...command, at };
  return { ...command, at, etr: formatTime(command.etr) };
}

/** An entry of the log as a line of `oms log export`, with the key it stands under. */
export function canonicalEntry(entry: LogEntry, substationId: string, feederId: string): Record<string, unknown> {
  const fields = isCommand(entry) ? canonicalCommand(entry) : { ...canonicalEvent(entry), placed: true };
  return { ...fields, substationId, feederId };
}
