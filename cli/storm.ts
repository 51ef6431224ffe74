import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { readEnvironment, type Environment } from '../connections/environment.js';
import { topicNames } from '../connections/topics.js';
import { LineSender } from '../pipeline/jobs/line-sender.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import type { CanonicalEvent } from '../simulator/storm/canonical-event.js';
import { sendToGateway, type Answers } from '../simulator/storm/gateway-sender.js';
import { oddRequest, oddStorm, plainRequest, type FieldRequest } from '../simulator/storm/quirks.js';
import { HARD, HARDNESSES, type Hardness, type HardnessName } from '../simulator/storm/hardness.js';
import { simulateStorm } from '../simulator/storm/storm.js';
import { checkTopics } from '../connections/topic-admin.js';
import { LineOutput } from './terminal/line-output.js';
import { Pace } from './replay.js';
import { withProducer, withTopics } from '../connections/services.js';
import { fileProblem } from '../connections/files.js';
import { numberBetween, progress, say, timeOption, wholeNumberBetween, WrongUse } from './terminal/talk.js';
import { OmsError } from '../connections/errors.js';

/** When the storm begins if nobody says: a fixed time, so that a seed always gives the same bytes. */
const DEFAULT_START = '2026-10-04T12:00:00.000Z';

interface StormCommandOptions extends Partial<Hardness> {
  readonly network: string;
  readonly seed: number;
  readonly faults: number;
  readonly hours: number;
  readonly start: number;
  readonly now?: boolean;
  readonly shape: string;
  readonly fieldQuirks?: boolean;
  readonly out?: string;
  readonly to?: string;
  readonly gateway?: string;
  readonly rate?: number;
  readonly speed?: number;
  readonly truth?: string;
  readonly hard?: boolean;
}

/** Events a second, with or without saying so. */
function rateOption(text: string): number {
  return numberBetween(0.001, 1e9)(text.replace(/\/s$/, ''));
}

const HARDNESS_NAMES = Object.keys(HARDNESSES) as readonly HardnessName[];

/** The option of a hardness: `weakGasps` is `--weak-gasps`. */
function hardnessOption(name: HardnessName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} <share>`;
}

/** `oms storm`: a reproducible storm, into a file, the gateway or Kafka. */
export function addStorm(program: Command): void {
  const command = program
    .command('storm')
    .description('make a reproducible storm: faults, last gasps, calls, restorations; lost, late, doubled, bad clocks')
    .requiredOption('--network <dir>', 'folder or GeoJSON file of the network')
    .option('--seed <n>', 'same seed, same storm', wholeNumberBetween(0, 2 ** 31), 1)
    .option('--faults <n>', 'faults on devices', wholeNumberBetween(1, 100_000), 60)
    .option('--hours <h>', 'how long faults go on', numberBetween(0.01, 1000), 6)
    .option('--start <time>', `when it begins (${DEFAULT_START} by default)`, timeOption, Date.parse(DEFAULT_START))
    .option('--now', 'shift it so that it ends when it has been played')
    .option('--shape <shape>', 'canonical, or source: as the field systems send', 'canonical')
    .option('--field-quirks', 'in the odd forms that are seen in the field, which mean the same; with --shape source')
    .option('--out <file>', 'write it there; standard output by default')
    .option('--to <where>', 'send it to gateway or kafka instead')
    .option('--gateway <url>', 'URL of the gateway')
    .option('--rate <n>', 'events a second, as 100 or 100/s', rateOption)
    .option('--speed <x>', 'times as fast as it was', numberBetween(0.001, 1e9))
    .option('--truth <file>', 'write what really happened there: one fault a line, then what is said and is not so')
    .option('--hard', 'hard to diagnose: all below, each as much as is said there; what you say goes first')
    .addHelpText(
      'after',
      '\nExample:\n  oms storm --network data/ieee9500 --seed 7 --faults 60 --hours 6 --out storm.ndjson',
    )
    .action(async (options: StormCommandOptions) => storm(options, readEnvironment()));
  for (const name of HARDNESS_NAMES) {
    const { what, hard } = HARDNESSES[name];
    command.option(hardnessOption(name), `${what} (--hard: ${hard})`, numberBetween(0, 1));
  }
}

function hardnessOf(options: StormCommandOptions): Partial<Hardness> {
  const said = HARDNESS_NAMES.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]);
  return { ...(options.hard ? HARD : {}), ...(Object.fromEntries(said) as Partial<Hardness>) };
}

async function storm(options: StormCommandOptions, environment: Environment): Promise<void> {
  const { shape, to, rate, speed, fieldQuirks = false } = options;
  if (shape !== 'canonical' && shape !== 'source') throw new WrongUse(`No shape "${shape}": canonical or source.`);
  if (fieldQuirks && shape !== 'source')
    throw new WrongUse('--field-quirks are those of field systems: --shape source.');
  if (to !== undefined && to !== 'gateway' && to !== 'kafka')
    throw new WrongUse(`Cannot send to "${to}": gateway or kafka.`);
  if (to === 'kafka' && shape === 'source')
    throw new WrongUse('--to kafka sends canonical events; source shapes go --to gateway.');
  if (rate !== undefined && speed !== undefined) throw new WrongUse('Name --rate or --speed, not both.');
  const network = await readNetwork(options.network);
  const { seed, faults, hours, start: startMs } = options;
  const simulated = simulateStorm(network, { seed, faults, hours, startMs, hardness: hardnessOf(options) });
  const events = options.now ? shifted(simulated.events, playedMs(simulated.events, options)) : simulated.events;
  say(`${simulated.truth.length} faults, ${events.length} events.`);
  if (options.truth !== undefined) {
    const lines = [...simulated.truth, ...simulated.untruths].map((line) => `${JSON.stringify(line)}\n`);
    await writeFile(options.truth, lines.join('')).catch((error: Error) => {
      throw fileProblem(options.truth!, error);
    });
  }
  const pace = rate === undefined && speed === undefined ? null : new Clock(rate ?? null, speed ?? null);
  if (to === 'gateway') {
    const url = options.gateway ?? `http://127.0.0.1:${environment.ports[0]}`;
    const requestOf = fieldQuirks ? (event: CanonicalEvent) => oddRequest(event, seed) : plainRequest;
    await toGateway(events, url, shape, requestOf, pace);
  } else if (to === 'kafka') await toKafka(events, environment, pace);
  else if (shape === 'source') await writeRequests(events, fieldQuirks ? seed : null, options.out);
  else await writeOut(events, options.out);
}

/** How long it takes to play a storm; without a pace it is over at once. */
function playedMs(events: readonly CanonicalEvent[], { rate, speed }: StormCommandOptions): number {
  if (rate !== undefined) return (events.length / rate) * 1000;
  if (speed === undefined || events.length === 0) return 0;
  return (Date.parse(events.at(-1)!.receivedAt) - Date.parse(events[0]!.receivedAt)) / speed;
}

/** The storm moved in time so that its last report is received when it has been played: none is ahead of its time. */
function shifted(events: readonly CanonicalEvent[], forMs: number): CanonicalEvent[] {
  if (events.length === 0) return [];
  const by = Date.now() + forMs - Date.parse(events.at(-1)!.receivedAt);
  const moved = (time: string): string => new Date(Date.parse(time) + by).toISOString();
  return events.map((event) => {
    // A bad clock says 1970 or 2099 whenever it is.
    const plausible = Math.abs(Date.parse(event.occurredAt) - Date.parse(event.receivedAt)) < 7 * 86_400_000;
    return {
      ...event,
      occurredAt: plausible ? moved(event.occurredAt) : event.occurredAt,
      receivedAt: moved(event.receivedAt),
    };
  });
}

/** Holds events back: so many a second, or at a multiple of their own speed. */
class Clock {
  readonly #pace: Pace | null;
  readonly #startedAt = Date.now();

  constructor(
    private readonly ratePerSecond: number | null,
    speed: number | null,
  ) {
    this.#pace = speed === null ? null : new Pace(speed);
  }

  /**
   * Waits until `event`, the one after `sent` others, is due.
   * @param before what came before it waits for nobody: called if there is something to wait for
   */
  async wait(event: CanonicalEvent, sent: number, before?: () => Promise<void>): Promise<void> {
    if (this.#pace) {
      await this.#pace.wait(Date.parse(event.receivedAt), before);
      return;
    }
    const dueAt = this.#startedAt + (sent / this.ratePerSecond!) * 1000;
    if (dueAt - Date.now() < 5) return;
    await before?.();
    await new Promise((resolve) => setTimeout(resolve, dueAt - Date.now()));
  }
}

async function toGateway(
  events: readonly CanonicalEvent[],
  url: string,
  shape: 'canonical' | 'source',
  requestOf: (event: CanonicalEvent) => FieldRequest,
  pace: Clock | null,
): Promise<void> {
  const shown = progress('events sent', events.length);
  let answers: Answers;
  try {
    const due = async (event: CanonicalEvent, sent: number): Promise<void> => {
      shown.update(sent);
      await pace?.wait(event, sent);
    };
    answers = await sendToGateway(url, events, shape, due, { say, requestOf });
  } finally {
    shown.stop();
  }
  say(
    Object.entries(answers)
      .map(([status, count]) => `${count} answered ${status}`)
      .join(', '),
  );
  const refused = Object.entries(answers).reduce(
    (sum, [status, count]) => (Number(status) < 400 ? sum : sum + count),
    0,
  );
  if (refused > 0)
    throw new OmsError('OMS_EVENTS_REFUSED', `The gateway refused ${refused} of ${events.length} events.`);
}

async function toKafka(events: readonly CanonicalEvent[], environment: Environment, pace: Clock | null): Promise<void> {
  const topics = topicNames(environment.topicPrefix);
  await withTopics(environment, (admin) => checkTopics(admin, topics, environment.partitions));
  await withProducer(environment, async (producer) => {
    const shown = progress('events sent', events.length);
    try {
      const sender = new LineSender(producer, topics);
      for (const [sent, event] of events.entries()) {
        await pace?.wait(event, sent, () => sender.flush());
        await sender.line(JSON.stringify(event));
        shown.update(sent + 1);
      }
      await sender.flush();
    } finally {
      shown.stop();
    }
  });
  say(`${events.length} events sent.`);
}

async function writeOut(events: readonly CanonicalEvent[], file?: string): Promise<void> {
  const out = new LineOutput(file);
  for (const event of events) await out.line(JSON.stringify(event));
  await out.end();
}

/**
 * Writes what the field systems would send, a request a line: where it goes, what its body is called, and the body in base64.
 * @param quirks the seed of what is odd about it; null: nothing is
 */
async function writeRequests(events: readonly CanonicalEvent[], quirks: number | null, file?: string): Promise<void> {
  const out = new LineOutput(file);
  for (const { event, request } of quirks === null ? plainStorm(events) : oddStorm(events, quirks)) {
    const { source, path, contentType, headers, body, refusedFor } = request;
    await out.line(
      JSON.stringify({
        source,
        route: path,
        contentType,
        headers: { ...headers, 'ce-time': event.receivedAt },
        body: Buffer.from(body).toString('base64'),
        ...(refusedFor === null ? {} : { refusedFor }),
      }),
    );
  }
  await out.end();
}

function* plainStorm(events: readonly CanonicalEvent[]): Generator<{ event: CanonicalEvent; request: FieldRequest }> {
  for (const event of events) yield { event, request: plainRequest(event) };
}
