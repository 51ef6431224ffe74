import { hostname } from 'node:os';
import pino, { type DestinationStream, type Logger } from 'pino';
import type { Say } from '../../streams/broker.js';
import { events } from '../../streams/events.js';
import type { Environment } from '../environment.js';

/** What of the environment a log needs: how much it says, and what it must not say. */
export type LogEnvironment = Pick<Environment, 'logLevel' | 'databaseUrl'>;

export interface LogOptions {
  /** What the process is: stands on each line. */
  readonly name: string;
  /** Tells processes of the same name on one host apart. */
  readonly slot?: string;
  /** Where the lines go; absent: to standard error, in colours if that is a terminal. */
  readonly stream?: DestinationStream;
  /** The password of the database where its address has none; absent: that of PGPASSWORD. */
  readonly password?: string | undefined;
}

const HIDDEN = '[hidden]';
/** Fields that hold a secret, wherever they stand in what is logged. */
const SECRET_FIELDS = ['password', 'connectionString', 'databaseUrl', 'authorization', 'cookie', '["x-api-key"]'];
/** The password in an address: what stands between its user and its host. */
const PASSWORD_IN_ADDRESS = /(:\/\/[^\s/:@"\\]*:)[^\s"\\]+@/g;
/** A shorter one is no secret, and would take words out of sentences. */
const SHORTEST_SECRET = 6;

/**
 * The log of a process that runs for long: a JSON object a line, with the level by its name, the time as ISO 8601, and
 * `msg`, a sentence; for people where standard error is a terminal. It is written before the call returns, so that the last
 * word before an end is out.
 */
export async function openLog(
  { logLevel, databaseUrl }: LogEnvironment,
  { name, slot, stream, password = process.env.PGPASSWORD }: LogOptions,
): Promise<Logger> {
  const options: pino.LoggerOptions = {
    level: logLevel,
    name,
    base: { pid: process.pid, hostname: hostname(), ...(slot === undefined ? {} : { slot }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap(everywhere), censor: HIDDEN },
    hooks: { streamWrite: withoutSecrets([...passwordsOf(databaseUrl), password ?? '']) },
  };
  return pino(options, stream ?? (process.stderr.isTTY ? await forPeople() : process.stderr));
}

/** What says sentences into a log: as the streams library does, which knows none. */
export function sayInto(log: Logger): Say {
  return (level, message, about = {}) => log[level](about, message);
}

/** Writes down what the streams library tells from now on: who has which partitions, and at `debug` each commit. */
export function logStreams(log: Logger): void {
  events.rebalance.hear(({ stage, assign, partitions }) => {
    const places = partitions.map(({ topic, partition }) => `${topic}/${partition}`);
    const how = places.length === 1 ? '1 partition' : `${places.length} partitions`;
    log.info({ stage, partitions: places }, `${stage}: ${assign ? 'was given' : 'gives back'} ${how}.`);
  });
  if (!log.isLevelEnabled('debug')) return;
  events.commit.hear(({ stage, records, durationMs }) =>
    log.debug({ stage }, `${stage}: committed ${records} records in ${Math.round(durationMs)} ms.`),
  );
}

/** The paths of a field at the top of what is logged and up to two floors below. */
function everywhere(field: string): string[] {
  const below = field.startsWith('[') ? field : `.${field}`;
  return [field, `*${below}`, `*.*${below}`];
}

function passwordsOf(databaseUrl: string | null): string[] {
  if (databaseUrl === null) return [];
  const { password } = new URL(databaseUrl);
  return [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Takes secrets out of a line, whoever put them into a sentence or an error. */
function withoutSecrets(secrets: readonly string[]): (line: string) => string {
  const written = new Set(
    secrets.filter(({ length }) => length >= SHORTEST_SECRET).map((secret) => JSON.stringify(secret).slice(1, -1)),
  );
  return (line) => {
    for (const secret of written) line = line.replaceAll(secret, HIDDEN);
    return line.replace(PASSWORD_IN_ADDRESS, `$1${HIDDEN}@`);
  };
}

async function forPeople(): Promise<DestinationStream> {
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({ colorize: true, singleLine: true, ignore: 'pid,hostname,name,slot' });
  return { write: (line) => void process.stderr.write(pretty(line)) };
}
