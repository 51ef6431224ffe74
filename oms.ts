#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { addBackfill } from './pipeline/commands/backfill.js';
import { addCorrelate } from './pipeline/commands/correlate.js';
import { addLog } from './pipeline/commands/log.js';
import { addNetwork } from './pipeline/commands/network.js';
import { addOperation } from './pipeline/commands/operation.js';
import { addPipeline } from './pipeline/commands/pipeline.js';
import { addReconcile } from './pipeline/commands/reconcile.js';
import { addReplay } from './pipeline/commands/replay.js';
import { addRules } from './pipeline/commands/rules.js';
import { addUnplaced } from './pipeline/commands/unplaced.js';
import { addStorm } from './pipeline/commands/storm.js';
import { WrongUse } from './pipeline/commands/talk.js';

const FAILED = 1;
const WRONG_USE = 2;

const program = new Command('oms')
  .description('outage management: correlates field reports into outages')
  .showHelpAfterError('(add --help for help)')
  // An option belongs to the command before it: oms reconcile has options, and so has oms reconcile show.
  .enablePositionalOptions()
  .exitOverride();

for (const add of [
  addCorrelate,
  addNetwork,
  addStorm,
  addReplay,
  addBackfill,
  addReconcile,
  addPipeline,
  addLog,
  addRules,
  addUnplaced,
  addOperation,
])
  add(program);

program
  .command('gateway')
  .description('run the gateway: ingest, API, live stream and page, until SIGTERM or Ctrl-C')
  .addHelpText('after', '\nExample:\n  OMS_PORTS=9080 oms gateway')
  .action(async () => {
    // Only this command loads the gateway's framework: the others start faster without it.
    const { runGateway } = await import('./gateway/gateway.js');
    await runGateway();
  });

// Subcommands inherit neither exitOverride nor the help hint: they are told here.
const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
for (const command of all(program)) command.exitOverride().showHelpAfterError('(add --help for help)');

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : WRONG_USE;
  else {
    console.error((error as Error).message || String(error));
    process.exitCode = error instanceof WrongUse ? WRONG_USE : FAILED;
  }
}
