#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { endSoon } from '../connections/ending.js';
import { codeOf, exitCodeOf, OmsError, sentenceOf, type ErrorCode } from '../connections/errors.js';

// Who reads our talk may be gone, as a killed npm start is: a gateway or a stage must not die of it.
process.stderr.on('error', () => {});
// Who reads our output has had enough, as "head" does: nothing is left to do.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(0);
});

const program = new Command('oms')
  .description('outage management: correlates field reports into outages')
  .showHelpAfterError('(add --help for help)')
  // An option belongs to the command before it: oms reconcile has options, and so has oms reconcile show.
  .enablePositionalOptions()
  .exitOverride();

/** Its framework is loaded by running it: the help needs none. */
function addGateway(program: Command): void {
  program
    .command('gateway')
    .description('run the gateway: ingest, API, live stream and page, until SIGTERM or Ctrl-C')
    .addHelpText('after', '\nExample:\n  OMS_PORTS=9080 oms gateway')
    .action(async () => {
      const { runGateway } = await import('../gateway/gateway.js');
      await runGateway();
    });
}

/** What adds the commands, by their names: only the one that is asked for is loaded, or all, to be listed. */
const COMMANDS: readonly (readonly [names: readonly string[], load: () => Promise<(program: Command) => void>])[] = [
  [['correlate'], async () => (await import('./correlate.js')).addCorrelate],
  [['read'], async () => (await import('./read.js')).addRead],
  [['diagnose'], async () => (await import('./diagnose.js')).addDiagnose],
  [['network'], async () => (await import('./network.js')).addNetwork],
  [['storm'], async () => (await import('./storm.js')).addStorm],
  [['score'], async () => (await import('./score.js')).addScore],
  [['replay'], async () => (await import('./replay.js')).addReplay],
  [['backfill'], async () => (await import('./backfill.js')).addBackfill],
  [['reconcile'], async () => (await import('./reconcile.js')).addReconcile],
  [['pipeline'], async () => (await import('./pipeline.js')).addPipeline],
  [['log'], async () => (await import('./log.js')).addLog],
  [['rules', 'storm-mode'], async () => (await import('./rules.js')).addRules],
  [['meaning'], async () => (await import('./meaning.js')).addMeaning],
  [['unplaced'], async () => (await import('./unplaced.js')).addUnplaced],
  [['migrate', 'topics', 'lag', 'doctor'], async () => (await import('./operation.js')).addOperation],
  [['topology'], async () => (await import('./topology.js')).addTopology],
  [['sources'], async () => (await import('./sources.js')).addSources],
  [['gateway'], () => Promise.resolve(addGateway)],
];

/** The settings that npm start reads, too. What is set in the environment goes first. */
function readEnvFile(): void {
  if (!existsSync('.env')) return;
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    throw new OmsError('OMS_FILE_UNUSABLE', `.env cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}

/** Ends with the exit code of an error, once its code is said: by that it is found in docs/errors.md. */
function failBy(code: ErrorCode): void {
  console.error(`Code: ${code}`);
  process.exitCode = exitCodeOf(code);
}

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];

try {
  readEnvFile();
  const asked = COMMANDS.filter(([names]) => names.includes(process.argv[2] ?? ''));
  for (const [, load] of asked.length > 0 ? asked : COMMANDS) (await load())(program);
  // Subcommands inherit neither exitOverride nor the help hint: they are told here.
  for (const command of all(program)) command.exitOverride().showHelpAfterError('(add --help for help)');
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) {
    console.error(sentenceOf(error));
    failBy(codeOf(error));
    // Commander has said itself what is wrong; to have shown the help is no error.
  } else if (error.exitCode !== 0) failBy('OMS_WRONG_USE');
}
// A Kafka client that does not come to its end must not keep a command that is done.
endSoon();
