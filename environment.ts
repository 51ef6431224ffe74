/** The one module that reads the environment. A wrong value stops the start with its name and what would be right. */
import { resolve } from 'node:path';

export const POLICY_NAMES = ['auto-restore', 'auto-close', 'stale', 'storm-mode'] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];

interface Variable<T> {
  readonly name: string;
  readonly fallback: string;
  /** What the variable means, as `--help`, `.env.example` and the docs say it. */
  readonly means: string;
  /** Returns the value, or throws what would be right. */
  readonly read: (text: string) => T;
}

function variable<T>(name: string, fallback: string, means: string, read: (text: string) => T): Variable<T> {
  return { name, fallback, means, read };
}

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
      throw new Error(`a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

const port = integer(1, 65_535);
const optional = (text: string): string | null => (text === '' ? null : text);

function list<T>(what: string, item: (text: string) => T): (text: string) => readonly T[] {
  return (text) =>
    text === '' || text === 'none'
      ? []
      : text.split(',').map((part) => {
          try {
            return item(part.trim());
          } catch {
            throw new Error(what);
          }
        });
}

function offsetMin(text: string): number {
  const match = /^([+-])(\d\d):(\d\d)$/.exec(text);
  if (text === 'Z') return 0;
  if (!match || Number(match[2]) > 14 || Number(match[3]) > 59) throw new Error('Z or an offset such as +03:00');
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

function oneOf<T extends string>(names: readonly T[]): (text: string) => T {
  return (text) => {
    if (!(names as readonly string[]).includes(text)) throw new Error(`one of ${names.join(', ')}`);
    return text as T;
  };
}

/** Every variable the system knows, with its default. */
export const VARIABLES = {
  kafkaBrokers: variable('KAFKA_BROKERS', '', 'Kafka to use (host:port,...); empty: bring one up', optional),
  databaseUrl: variable('DATABASE_URL', '', 'PostGIS to use (postgres://...); empty: bring one up', optional),
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
    (text) => (text === '' ? null : integer(0, 65_535)(text)),
  ),
  kafkaPort: variable('OMS_KAFKA_PORT', '9093', 'port of the Kafka that is brought up', port),
  postgresPort: variable('OMS_POSTGRES_PORT', '5433', 'port of the PostGIS that is brought up', port),
  partitions: variable('OMS_PARTITIONS', '4', 'partitions of every keyed topic; fixed at creation', integer(1, 1024)),
  topicPrefix: variable('OMS_TOPIC_PREFIX', '', 'put before every topic name: a separate set of topics', (text) => {
    if (!/^[A-Za-z0-9._-]{0,60}$/.test(text)) throw new Error('at most 60 letters, digits, dots, dashes, underscores');
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
  naiveTimeOffsetMin: variable('OMS_NAIVE_TIME_OFFSET', 'Z', 'zone of times that come without one', offsetMin),
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
} as const;

export type Environment = { readonly [K in keyof typeof VARIABLES]: ReturnType<(typeof VARIABLES)[K]['read']> };

/**
 * Reads and checks every variable.
 * @param env where to read from; an empty variable counts as not set
 * @throws Error naming each wrong variable, its value and what would be right
 */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const wrong: string[] = [];
  const entries = Object.entries(VARIABLES).map(([key, { name, fallback, read }]) => {
    const text = env[name] || fallback;
    try {
      return [key, read(text)];
    } catch (error) {
      wrong.push(`${name}="${text}" is wrong: expected ${(error as Error).message}.`);
      return [key, undefined];
    }
  });
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return Object.fromEntries(entries) as Environment;
}

/**
 * What Node is told for processes that take a storm in. A commit's worth of events must not grow old: with V8's default
 * of 16 MB for the young they are copied more often, and cost a few per cent more CPU time. And V8's threads are one, not
 * four: they share their work by waiting for each other, on cores that other processes of ours need.
 */
export const NODE_FLAGS: readonly string[] = ['--max-semi-space-size=32', '--v8-pool-size=1'];
