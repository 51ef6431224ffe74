import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';
import type { FastifyInstance } from 'fastify';
import type { Say } from '../streams/broker.js';
import { requireBrokers } from '../connections/addresses.js';
import { endOnUncaught, endSoon, toldToStop } from '../connections/ending.js';
import { Heart } from '../connections/heart.js';
import { beatToParent } from '../connections/parent.js';
import { Watchdog } from '../connections/watchdog.js';
import { readEnvironment, type Environment } from '../connections/environment.js';
import { EventTally } from '../connections/telemetry/event-tally.js';
import { logStreams, openLog, sayInto } from '../connections/telemetry/log.js';
import { toCollector, traces } from '../connections/telemetry/traces.js';
import { STAGES, topicNames, type StageName } from '../connections/topics.js';
import { healthApp } from '../pipeline/health.js';
import { runProcessGroup } from './process-group.js';
import { startStages, type RunningStage } from '../pipeline/pipeline.js';
import { inKafkaWords, KafkaAway } from '../connections/services.js';
import { OmsError, sentenceOf } from '../connections/errors.js';

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

/** Who writes a line of the log. */
const NAME = 'oms-pipeline';

interface StagesOptions {
  readonly stages: readonly StageName[];
  readonly slot?: string;
  readonly acceptGap?: boolean;
}

async function runStages({ stages, slot = `${hostname()}-0`, acceptGap = false }: StagesOptions): Promise<void> {
  const environment = readEnvironment();
  const told = toldToStop();
  const log = await openLog(environment, { name: NAME, slot });
  const say = sayInto(log);
  logStreams(log);
  endOnUncaught((sentence) => log.fatal(sentence));
  const watchdog = new Watchdog();
  watchdog.watchEventLoop();
  beatToParent();
  const running = new Map<StageName, RunningStage>();
  const endTraces = await traces.start(await toCollector(environment.otlpEndpoint), NAME);
  const tally = new EventTally();
  const health = environment.stagesPort === null ? null : healthApp(running, tally);
  let heart: Heart | null = null;
  try {
    await health?.listen({ host: environment.host, port: environment.stagesPort! }).catch((error: unknown) => {
      throw portProblem(error, environment);
    });
    // One by one, so that those that run can be stopped when the next one does not start.
    for (const stage of new Set(stages)) {
      const options = { stages: [stage], say, slot, acceptGap, ...(health && { tally }) };
      const started = await onceKafkaAnswers(() => startStages(environment, options), told, say);
      if (started === null) return;
      for (const [name, one] of started) {
        running.set(name, one);
        watchdog.watch(name, one.pulse);
      }
    }
    heart = new Heart({
      brokers: requireBrokers(environment),
      topic: topicNames(environment.topicPrefix).beats,
      slot,
      port: portOf(health),
      living: running,
    });
    log.info(`running ${stages.join(', ')}`);
    // What it failed of is said below, when all have stopped.
    const failed = (): void => void (process.exitCode = 1);
    await Promise.race([told, ...[...running.values()].map((stage) => stage.finished)]).catch(failed);
  } finally {
    // A database or broker that does not answer must not keep the process: what is not committed is read again.
    endSoon((sentence) => log.fatal(sentence));
    // A stage that failed must not leave the others running as if nothing were: the process ends, to be started anew.
    const stopped = await Promise.allSettled([...[...running.values()].map((stage) => stage.stop()), heart?.stop()]);
    for (const end of stopped) if (end.status === 'rejected') log.fatal(sentenceOf(end.reason));
    await health?.close();
    await endTraces();
  }
  log.info('stopped');
}

function portProblem(error: unknown, { host, stagesPort }: Environment): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error;
  const sentence = `Port ${stagesPort} on ${host} is taken: stop what listens there, or set OMS_STAGES_PORT.`;
  return new OmsError('OMS_PORT_TAKEN', sentence, { cause: error });
}

/** The port on which an app listens; null: it does not. */
function portOf(app: FastifyInstance | null): number | null {
  const address = app?.server.address();
  return typeof address === 'object' && address ? address.port : null;
}

/** How often a stage that cannot start without Kafka asks again whether it is there, ms. */
const ASK_AGAIN_MS = 1000;

/**
 * Starts something as soon as Kafka answers: whoever ended because a broker went away must not end again, and be given up,
 * because it is not back yet.
 * @returns null if it was told to stop before
 */
async function onceKafkaAnswers<T>(
  start: (brokers: string) => Promise<T>,
  told: Promise<void>,
  say: Say,
): Promise<T | null> {
  const environment = readEnvironment();
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await inKafkaWords(environment, start);
    } catch (error) {
      if (!(error instanceof KafkaAway)) throw error;
      if (isFirst) say('warn', `${error.message} Trying until it does.`);
    }
    const isTold = await Promise.race([told.then(() => true), delay(ASK_AGAIN_MS, false)]);
    if (isTold) return null;
  }
}

/** Runs the stages in several processes of their own, each under its number as slot and with its own port. */
async function runSeveral(count: number, { stages, slot = hostname(), acceptGap }: StagesOptions): Promise<void> {
  const environment = readEnvironment();
  const { stagesPort } = environment;
  const log = await openLog(environment, { name: NAME, slot });
  return runProcessGroup({
    count,
    argsOf: (n) => [
      ...['pipeline', '--stages', stages.join(','), '--slot', `${slot}-${n}`],
      ...(acceptGap ? ['--accept-gap'] : []),
    ],
    envOf: (n) => (stagesPort ? { OMS_STAGES_PORT: String(stagesPort + n) } : {}),
    told: toldToStop(),
    say: (sentence) => log.error(sentence),
  });
}
