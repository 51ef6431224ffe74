import type { Command } from 'commander';
import { readEnvironment } from '../connections/environment.js';
import { topologyOf } from '../pipeline/pipeline.js';
import { describeTopology, topologyTable } from '../streams/describe.js';
import { say } from './terminal/talk.js';

/** `oms topology`. */
export function addTopology(program: Command): void {
  program
    .command('topology')
    .description('the stages: what each reads, does and writes')
    .option('--table', 'as a table in Markdown, of topics only')
    .addHelpText('after', '\nExample:\n  oms topology')
    .action(({ table = false }: { table?: boolean }) => {
      const topology = topologyOf(readEnvironment());
      say(table ? topologyTable(topology) : describeTopology(topology));
    });
}
