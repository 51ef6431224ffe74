import { hostname } from 'node:os';
import { InvalidArgumentError, type Command } from 'commander';
import { readEnvironment } from '../../environment.js';
import { healthApp } from '../health.js';
import { runProcessGroup } from '../process-group.js';
import { startStages, STAGES, type RunningStage, type StageName } from '../pipeline.js';
import { inKafkaWords } from './services.js';

function stagesOption(text: string): StageName[] {
  return text.split(',').map((name) => {
    const stage = STAGES.find((one) => one === name.trim());
    if (!stage) throw new InvalidArgumentError(`The stages are ${STAGES.join(', ')}.`);
    return stage;
  });
}

function countOption(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 256)
    throw new InvalidArgumentError('Expected a whole number from 1 to 256.');
  return count;
}

/** `oms pipeline`: runs stages until SIGTERM. More processes, more partitions. */
export function addPipeline(program: Command): void {
  program
    .command('pipeline')
    .description('run stages of the pipeline until SIGTERM or Ctrl-C')
    .option('--stages <list>', `stages to run, of ${STAGES.join(', ')}`, stagesOption, [...STAGES])
    .option('--slot <name>', 'tells processes that run the same stage on one host apart', process.env.OMS_SLOT)
    .option('--accept-gap', 'go on although retention cut a topic before it was read: what is missing stays missing')
    .option('--processes <n>', 'run so many processes with these stages, one per core say', countOption)
    .addHelpText('after', '\nExamples:\n  oms pipeline --stages correlate --slot b\n  oms pipeline --processes 4')
    .action(({ processes, ...options }: StagesOptions & { readonly processes?: number }) =>
      processes === undefined ? runStages(options) : runSeveral(processes, options),
    );
}

/** How long the stages may take to end in order. */
const STOP_MS = 9000;

const say = (level: string, message: string): void => console.error(`${new Date().toISOString()} ${level} ${message}`);

interface StagesOptions {
  readonly stages: readonly StageName[];
  readonly slot?: string;
  readonly acceptGap?: boolean;
}

async function runStages({ stages, ...others }: StagesOptions): Promise<void> {
  const environment = readEnvironment();
  const told = toldToStop();
  const running = new Map<StageName, RunningStage>();
  const health = environment.stagesPort === null ? null : healthApp(running);
  try {
    await health?.listen({ host: environment.host, port: environment.stagesPort! });
    // One by one, so that those that run can be stopped when the next one does not start.
    for (const stage of new Set(stages)) {
      const options = { stages: [stage], say, ...others };
      const started = await inKafkaWords(environment, () => startStages(environment, options));
      for (const [name, one] of started) running.set(name, one);
    }
    say('info', `running ${stages.join(', ')}`);
    await Promise.race([told, ...[...running.values()].map((stage) => stage.finished)]);
  } finally {
    // A database or broker that does not answer must not keep the process: what is not committed is read again.
    setTimeout(() => {
      say('error', `did not end within ${STOP_MS / 1000} s: ended as it is; what was not committed is done again.`);
      process.exit(1);
    }, STOP_MS).unref();
    // A stage that failed must not leave the others running as if nothing were: the process ends, to be started anew.
    const stopped = await Promise.allSettled([...running.values()].map((stage) => stage.stop()));
    for (const end of stopped) if (end.status === 'rejected') say('error', String((end.reason as Error).message));
    await health?.close();
  }
  say('info', 'stopped');
}

/** Runs the stages in several processes of their own, each under its number as slot and with its own port. */
function runSeveral(count: number, { stages, slot = hostname(), acceptGap }: StagesOptions): Promise<void> {
  const { stagesPort } = readEnvironment();
  return runProcessGroup({
    count,
    argsOf: (n) => [
      ...['pipeline', '--stages', stages.join(','), '--slot', `${slot}-${n}`],
      ...(acceptGap ? ['--accept-gap'] : []),
    ],
    envOf: (n) => (stagesPort === null ? {} : { OMS_STAGES_PORT: String(stagesPort + n) }),
    told: toldToStop(),
  });
}

/** Resolves on SIGTERM or Ctrl-C, or when the process that started this one is gone. A second signal ends the process at once: what is not committed is read again. */
function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve();
      });
    }
    process.once('disconnect', resolve);
    // Its channel must not keep a process that has ended its work.
    process.channel?.unref();
  });
}
