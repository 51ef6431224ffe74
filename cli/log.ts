import { InvalidArgumentError, type Command } from 'commander';
import { readEnvironment, type Environment } from '../connections/environment.js';
import { canonicalEntry } from '../operators/model/canonical-event.js';
import { isCommand, parseKey, type Key, type LogEntry } from '../operators/model/event.js';
import { decodeLogRecord } from '../operators/log/log-record.js';
import { textOf } from '../operators/model/record-shape.js';
import { placeOf } from '../streams/set-aside.js';
import { topicNames } from '../connections/topics.js';
import type { SourceRecord } from '../streams/topology.js';
import { LineOutput } from './terminal/line-output.js';
import { withReader } from '../connections/services.js';
import { progress, say, timeOption, WrongUse } from './terminal/talk.js';

interface ExportOptions {
  readonly from?: number;
  readonly to?: number;
  readonly key?: string;
  readonly out?: string;
}

/** `oms log export`: the log as NDJSON, as `oms correlate` takes it. */
export function addLog(program: Command): void {
  const log = program
    .command('log')
    .description('the log: everything that can change an outage, in its order')
    .addHelpText('after', '\nExample:\n  oms log export --out log.ndjson');
  log
    .command('export')
    .description('write the log as NDJSON in its order: canonical events, placed, and commands')
    .option('--from <time>', 'entries from this time on (events: received, commands: decided)', timeOption)
    .option('--to <time>', 'entries up to this time', timeOption)
    .option('--key <substation/feeder>', 'entries of one key', keyOption)
    .option('--out <file>', 'where to write; standard output by default')
    .addHelpText(
      'after',
      '\nExample:\n  oms log export --key S2/S2-F1 --out log.ndjson && oms correlate log.ndjson --network data/ieee9500',
    )
    .action((options: ExportOptions) => exportLog(options, readEnvironment()));
}

function keyOption(text: string): string {
  try {
    parseKey(text);
  } catch {
    throw new InvalidArgumentError('Expected SUBSTATION/FEEDER, such as S2/S2-F1.');
  }
  return text;
}

async function exportLog(options: ExportOptions, environment: Environment): Promise<void> {
  const { from = -Infinity, to = Infinity } = options;
  if (from > to) throw new WrongUse('--from lies after --to.');
  const topic = topicNames(environment.topicPrefix).events;
  const decoder = new TextDecoder();
  let count = 0;
  await withReader(environment, async (reader) => {
    const out = new LineOutput(options.out);
    const shown = progress('entries', null);
    try {
      for (let partition = 0; partition < environment.partitions; partition++) {
        await reader.read(topic, partition, null, null, async (record) => {
          if (options.key !== undefined && decoder.decode(record.key ?? new Uint8Array()) !== options.key) return;
          for (const line of linesOf(record, from, to)) {
            await out.line(line);
            shown.update(++count);
          }
        });
      }
    } finally {
      shown.stop();
    }
    await out.end();
  });
  say(`${count} entries`);
}

/** The entries of a record of the log that lie in a stretch of time, as lines. */
function* linesOf(record: SourceRecord, from: number, to: number): Generator<string> {
  let at: Key;
  let entries: readonly LogEntry[];
  try {
    at = parseKey(textOf('The key of a record of the log', record.key));
    entries = decodeLogRecord(record.value);
  } catch (error) {
    // The stream refuses such a record and goes on; so does its export.
    say(`${placeOf(record)} cannot be read and is left out: ${(error as Error).message}`);
    return;
  }
  for (const entry of entries) {
    const t = isCommand(entry) ? entry.at : entry.receivedAt;
    if (t >= from && t <= to) yield JSON.stringify(canonicalEntry(entry, at.substationId, at.feederId));
  }
}
