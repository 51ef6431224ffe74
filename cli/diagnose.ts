import type { Command } from 'commander';
import { readEnvironment } from '../connections/environment.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { DiagnosisRun } from '../pipeline/offline/diagnosing.js';
import { LINES_PER_COMMIT, readBlocks, REJECTED_SHOWN, writeLines } from './correlate.js';
import { say } from './terminal/talk.js';

interface DiagnoseOptions {
  readonly network: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `oms diagnose`: which faults lie behind the reports of a file, without Kafka and database. */
export function addDiagnose(program: Command): void {
  program
    .command('diagnose')
    .description('name the faults behind a file of canonical events, or an exported log, without Kafka and database')
    .argument('<events>', 'NDJSON file: one canonical event a line, in the order of arrival; - for standard input')
    .requiredOption('--network <dir>', 'folder or GeoJSON file of the network')
    .option('--out <file>', 'where to write the faults; standard output by default')
    .option('--json', 'say the counts as JSON')
    .addHelpText('after', '\nExample:\n  oms diagnose events.ndjson --network data/ieee9500 --out faults.ndjson')
    .action(async (events: string, options: DiagnoseOptions) => {
      const run = new DiagnosisRun({
        network: await readNetwork(options.network),
        zone: readEnvironment().timeZone,
        linesPerCommit: LINES_PER_COMMIT,
        takenInAt: Date.now(),
      });
      await readBlocks(events, (block) => run.block(block));
      const faults = run.finish();
      await writeLines(faults, options.out);
      sayCounts(run, faults.length, options.json ?? false);
    });
}

function sayCounts({ counts, rejected }: DiagnosisRun, faults: number, json: boolean): void {
  if (json) {
    say(JSON.stringify({ faults, ...counts }));
    return;
  }
  say(`${counts.read} events, ${faults} faults`);
  for (const [what, count] of Object.entries(counts)) if (what !== 'read' && count > 0) say(`  ${what}: ${count}`);
  for (const { reason, detail, raw } of rejected.slice(0, REJECTED_SHOWN))
    say(`  rejected (${reason}): ${detail} ${raw.slice(0, 60)}`);
}
