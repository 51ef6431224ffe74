import type { Command } from 'commander';
import { requireBrokers } from '../../connections.js';
import { readEnvironment } from '../../environment.js';
import { canonicalEntry } from '../../operators/canonical-event.js';
import { isCommand, parseKey } from '../../operators/event.js';
import { decodeLogRecord } from '../../operators/log-record.js';
import { topicNames } from '../../topics.js';
import { PartitionReader } from '../streams/partition-reader.js';
import { LineOutput } from './line-output.js';
import { timeOption } from './replay.js';
import { progress, say } from './talk.js';

interface ExportOptions {
  readonly from?: number;
  readonly to?: number;
  readonly key?: string;
  readonly out?: string;
}

/** `oms log export`: the log as NDJSON, as `oms correlate` takes it. */
export function addLog(program: Command): void {
  program
    .command('log')
    .description('the log')
    .command('export')
    .description('write the log as NDJSON in its order: canonical events, placed, and commands')
    .option('--from <time>', 'entries from this time on (events: received, commands: decided)', timeOption)
    .option('--to <time>', 'entries up to this time', timeOption)
    .option('--key <substation/feeder>', 'entries of one key')
    .option('--out <file>', 'where to write; standard output by default')
    .addHelpText(
      'after',
      '\nExample:\n  oms log export --key S2/S2-F1 --out log.ndjson && oms correlate log.ndjson --network data/ieee9500',
    )
    .action(async (options: ExportOptions) => {
      const environment = readEnvironment();
      if (options.key !== undefined) parseKey(options.key);
      const reader = await PartitionReader.connect(requireBrokers(environment));
      const out = new LineOutput(options.out);
      const shown = progress('entries', null);
      let count = 0;
      try {
        for (let partition = 0; partition < environment.partitions; partition++) {
          await reader.read(
            topicNames(environment.topicPrefix).events,
            partition,
            null,
            null,
            async ({ key, value }) => {
              const text = new TextDecoder().decode(key ?? new Uint8Array());
              if (options.key !== undefined && text !== options.key) return;
              const { substationId, feederId } = parseKey(text);
              for (const entry of decodeLogRecord(value)) {
                const t = isCommand(entry) ? entry.at : entry.receivedAt;
                if (t < (options.from ?? -Infinity) || t > (options.to ?? Infinity)) continue;
                await out.line(JSON.stringify(canonicalEntry(entry, substationId, feederId)));
                shown.update(++count);
              }
            },
          );
        }
      } finally {
        shown.stop();
        await reader.close();
      }
      await out.end();
      say(`${count} entries`);
    });
}
