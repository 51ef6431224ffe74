/** The one module that reads the environment. A wrong value stops the start with its name and what would be right. */
import { resolve } from 'node:path';
import { POLICY_NAMES } from '../operators/model/policy-names.js';
import { parseTimeZone, TIME_ZONE_EXPECTED, type TimeZone } from '../operators/model/time-zone.js';
import type { CodeTable } from '../operators/normalise/code-table.js';
import { OmsError } from './errors.js';
import { readSourceCodes } from './source-codes.js';

interface Variable<T> {
  readonly name: string;
  readonly fallback: string;
  /** What the variable means, as `--help`, `.env.example` and the docs say it. */
  readonly means: string;
  /** Returns the value, or throws what would be right. */
  readonly read: (text: string) => T;
  /** It may hold a password: its value is not shown. */
  readonly secret?: true;
  /** An old name, which is read where the variable is not set. */
  readonly formerly?: string;
}

function variable<T>(name: string, fallback: string, means: string, read: (text: string) => T): Variable<T> {
  return { name, fallback, means, read };
}

/** That a value is wrong: what would be right. */
function expected(what: string): OmsError {
  return new OmsError('OMS_BAD_SETTING', what);
}

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
      throw expected(`a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

const PORT_MAX = 65_535;
const port = integer(1, PORT_MAX);

/** What an empty variable leaves open is null. */
function optional<T>(read: (text: string) => T): (text: string) => T | null {
  return (text) => (text === '' ? null : read(text));
}

function brokers(text: string): string {
  const isAddress = (one: string): boolean => /^[^\s:/]+:\d+$|^\[[\da-f:]+\]:\d+$/i.test(one);
  const all = text.split(',').map((one) => one.trim());
  if (!all.every(isAddress)) throw expected('host:port, several separated by commas');
  return all.join(',');
}

function postgresUrl(text: string): string {
  // A # that was not encoded would end the address, as a rule in the middle of the password.
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text) || new URL(text).hash !== '')
    throw expected(
      'postgres://USER:PASSWORD@HOST:PORT/DATABASE, where special characters of the password are written as %40 and ' +
        'the like, or stand in PGPASSWORD as they are',
    );
  return text;
}

function httpUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) throw expected('http://HOST:PORT or https://HOST:PORT');
  return text;
}

function list<T>(what: string, item: (text: string) => T): (text: string) => readonly T[] {
  return (text) =>
    text === '' || text === 'none'
      ? []
      : text.split(',').map((part) => {
          try {
            return item(part.trim());
          } catch {
            throw expected(what);
          }
        });
}

function timeZone(text: string): TimeZone {
  try {
    return parseTimeZone(text);
  } catch {
    throw expected(TIME_ZONE_EXPECTED);
  }
}

/** The table that a file extends, not the file's name: what is wrong in it stops the start, too. */
function sourceCodes(file: string): CodeTable {
  try {
    return readSourceCodes(file);
  } catch (error) {
    throw expected(`a file of codes and words (${(error as Error).message.replace(/\.$/, '')})`);
  }
}

function oneOf<T extends string>(names: readonly T[]): (text: string) => T {
  return (text) => {
    if (!(names as readonly string[]).includes(text)) throw expected(`one of ${names.join(', ')}`);
    return text as T;
  };
}

/** Every variable the system knows, with its default. */
export const VARIABLES = {
  kafkaBrokers: variable('KAFKA_BROKERS', '', 'Kafka to use (host:port,...); empty: bring one up', optional(brokers)),
  databaseUrl: {
    ...variable('DATABASE_URL', '', 'PostGIS to use (postgres://...); empty: bring one up', optional(postgresUrl)),
    secret: true,
  },
  home: variable('OMS_HOME', '.oms', 'where local services keep their data', (text) => resolve(text)),
  host: variable('OMS_HOST', '127.0.0.1', 'address on which the gateway listens', (text) => text),
  ports: variable(
    'OMS_PORTS',
    '9080,9100,9200,9300',
    'ports of the gateway: the same app on each',
    list('port numbers separated by commas', port),
  ),
  stagesPort: variable(
    'OMS_STAGES_PORT',
    '',
    'port on which oms pipeline answers for its stages; 0: one that is free; empty: none',
    optional(integer(0, 65_535)),
  ),
  kafkaPort: variable('OMS_KAFKA_PORT', '9093', 'port of the Kafka that is brought up', port),
  postgresPort: variable('OMS_POSTGRES_PORT', '5433', 'port of the PostGIS that is brought up', port),
  partitions: variable('OMS_PARTITIONS', '4', 'partitions of every keyed topic; fixed at creation', integer(1, 1024)),
  replication: variable(
    'OMS_REPLICATION',
    '',
    'replicas of each topic; empty: 3 from three brokers on, else 1',
    optional(integer(1, 32)),
  ),
  minInSync: variable(
    'OMS_MIN_IN_SYNC',
    '',
    'replicas that must have a record before it counts as written; empty: 2 of three or more, else 1',
    optional(integer(1, 32)),
  ),
  topicPrefix: variable('OMS_TOPIC_PREFIX', '', 'put before every topic name: a separate set of topics', (text) => {
    if (!/^[A-Za-z0-9._-]{0,60}$/.test(text)) throw expected('at most 60 letters, digits, dots, dashes, underscores');
    return text;
  }),
  commitMs: variable('OMS_COMMIT_MS', '100', 'longest time between two commits of a stage, ms', integer(1, 10_000)),
  snapshotMs: variable(
    'OMS_SNAPSHOT_MS',
    '10000',
    'shortest time between two snapshots of a key, ms',
    integer(0, 3_600_000),
  ),
  rawRetentionDays: variable(
    'OMS_RAW_RETENTION_DAYS',
    '90',
    'days for which raw events are kept in PostGIS',
    integer(1, 36_500),
  ),
  timeZone: {
    ...variable(
      'OMS_TIME_ZONE',
      'UTC',
      'zone of times that come without one: UTC, an offset such as +03:00, or one of the IANA tables such as Asia/Amman',
      timeZone,
    ),
    formerly: 'OMS_NAIVE_TIME_OFFSET',
  },
  sourceCodes: variable(
    'OMS_SOURCE_CODES',
    '',
    'file of further codes and words of sources, as oms sources codes shows them; empty: none',
    sourceCodes,
  ),
  policies: variable(
    'OMS_POLICIES',
    POLICY_NAMES.join(','),
    'policies that run; none: switch all off',
    list(`none, or some of ${POLICY_NAMES.join(', ')}`, oneOf(POLICY_NAMES)),
  ),
  stormOnEventsPerHour: variable(
    'OMS_STORM_ON_EVENTS_PER_HOUR',
    '100000',
    'storm mode goes on above this',
    integer(1, 1e12),
  ),
  stormOffEventsPerHour: variable(
    'OMS_STORM_OFF_EVENTS_PER_HOUR',
    '20000',
    'storm mode goes off below this',
    integer(0, 1e12),
  ),
  bodyLimitMb: variable('OMS_BODY_LIMIT_MB', '8', 'largest request body that the gateway reads, MB', integer(1, 1024)),
  answerTimeoutMs: variable(
    'OMS_ANSWER_TIMEOUT_MS',
    '5000',
    "how long /api/oms/events/correlate waits for the stream's answer, ms",
    integer(1, 600_000),
  ),
  logLevel: variable(
    'OMS_LOG_LEVEL',
    'info',
    'how much the services say',
    oneOf(['fatal', 'error', 'warn', 'info', 'debug']),
  ),
  otlpEndpoint: variable(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    '',
    'collector to which traces go, by OTLP over HTTP (http://HOST:4318); empty: none are made',
    optional(httpUrl),
  ),
} as const;

export type Environment = { readonly [K in keyof typeof VARIABLES]: ReturnType<(typeof VARIABLES)[K]['read']> };

/** What several variables must not say together, a sentence each. Of those that are wrong by themselves nothing is said. */
function contradictions(variables: Partial<Environment>, stageProcesses: number): string[] {
  const { stormOnEventsPerHour: on, stormOffEventsPerHour: off, replication, minInSync } = variables;
  const found = portsTakenTwice(variables, stageProcesses);
  if (on !== undefined && off !== undefined && off >= on)
    found.push(
      `OMS_STORM_OFF_EVENTS_PER_HOUR=${off} is not below OMS_STORM_ON_EVENTS_PER_HOUR=${on}: ` +
        'storm mode would go off as soon as it is on.',
    );
  if (replication && minInSync && minInSync > replication)
    found.push(
      `OMS_MIN_IN_SYNC=${minInSync} is above OMS_REPLICATION=${replication}: no record could ever be written.`,
    );
  return found;
}

/** Kafka's and PostGIS's ports count where these are brought up. */
function portsTakenTwice(variables: Partial<Environment>, stageProcesses: number): string[] {
  const { ports = [], stagesPort = null, kafkaPort, postgresPort, kafkaBrokers, databaseUrl } = variables;
  const found: string[] = [];
  const owners = new Map<number, string>();
  const take = (wanted: number | undefined, owner: string): void => {
    if (wanted === undefined) return;
    const other = owners.get(wanted);
    owners.set(wanted, owner);
    if (wanted > PORT_MAX) found.push(`${owner} would be above ${PORT_MAX}: choose a lower one.`);
    else if (other === owner) found.push(`${owner} names port ${wanted} twice: name it once.`);
    else if (other !== undefined) found.push(`Port ${wanted} is taken twice, by ${other} and by ${owner}: change one.`);
  };
  for (const one of ports) take(one, 'OMS_PORTS');
  if (kafkaBrokers === null) take(kafkaPort, 'OMS_KAFKA_PORT');
  if (databaseUrl === null) take(postgresPort, 'OMS_POSTGRES_PORT');
  for (let n = 0; stagesPort !== null && n < stageProcesses; n++)
    take(stagesPort + n, n === 0 ? 'OMS_STAGES_PORT' : `OMS_STAGES_PORT + ${n}, of another process of stages`);
  return found;
}

/**
 * Reads and checks every variable.
 * @param env where to read from; an empty variable counts as not set
 * @param stageProcesses how many processes of stages take a port each, from OMS_STAGES_PORT on
 * @throws Error naming all that is wrong: each variable, its value and what would be right, and what does not go together
 */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env, stageProcesses = 1): Environment {
  const wrong: string[] = [];
  const values = new Map<string, unknown>();
  for (const [key, { name, fallback, read: parse, secret, formerly }] of Object.entries<Variable<unknown>>(VARIABLES)) {
    const set = [name, formerly].find((one) => one !== undefined && Object.hasOwn(env, one) && env[one] !== '');
    const text = (set !== undefined && Object.hasOwn(env, set) && env[set]) || fallback;
    try {
      values.set(key, parse(text));
    } catch (error) {
      const shown = secret ? name : `${set ?? name}="${text}"`;
      wrong.push(`${shown} is wrong: expected ${(error as Error).message}.`);
    }
  }
  const read = Object.fromEntries(values) as Partial<Environment>;
  wrong.push(...contradictions(read, stageProcesses));
  if (wrong.length > 0) throw new OmsError('OMS_BAD_SETTING', wrong.join('\n'));
  return read as Environment;
}

/**
 * What Node is told for processes that take a storm in. A commit's worth of events must not grow old: with V8's default
 * of 16 MB for the young they are copied more often, and cost a few per cent more CPU time. And V8's threads are one, not
 * four: they share their work by waiting for each other, on cores that other processes of ours need.
 */
export const NODE_FLAGS: readonly string[] = ['--max-semi-space-size=32', '--v8-pool-size=1'];
