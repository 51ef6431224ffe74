import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../environment.js';
import { events } from '../../streams/events.js';
import { logStreams, openLog, sayInto, type LogOptions } from './log.js';

interface Line extends Record<string, unknown> {
  readonly level: string;
  readonly msg: string;
}

/** A log into a list of lines. */
async function logInto(lines: string[], env: NodeJS.ProcessEnv = {}, options: Partial<LogOptions> = {}) {
  const stream = { write: (line: string) => void lines.push(line) };
  return openLog(readEnvironment(env), { name: 'oms-pipeline', stream, ...options });
}

const read = (lines: readonly string[]): Line[] => lines.map((line) => JSON.parse(line) as Line);

describe('the log of a process', () => {
  it('has a JSON object a line: the level by its name, the time as ISO 8601, who says it, and the sentence', async () => {
    const lines: string[] = [];
    const log = await logInto(lines, {}, { slot: 'a' });
    log.info('running place');
    const [line] = read(lines);
    expect(line).toMatchObject({
      level: 'info',
      name: 'oms-pipeline',
      slot: 'a',
      pid: process.pid,
      msg: 'running place',
    });
    expect(new Date(line!.time as string).toISOString()).toBe(line!.time);
    expect(lines[0]!.endsWith('\n')).toBe(true);
  });

  it.each([
    ['debug', ['debug', 'info', 'warn', 'error', 'fatal']],
    ['info', ['info', 'warn', 'error', 'fatal']],
    ['error', ['error', 'fatal']],
    ['fatal', ['fatal']],
  ])('at OMS_LOG_LEVEL=%s says %j', async (level, said) => {
    const lines: string[] = [];
    const log = await logInto(lines, { OMS_LOG_LEVEL: level });
    for (const one of ['debug', 'info', 'warn', 'error', 'fatal'] as const) log[one]('so');
    expect(read(lines).map((line) => line.level)).toEqual(said);
  });

  it('keeps what a sentence is about apart from it', async () => {
    const lines: string[] = [];
    const say = sayInto(await logInto(lines));
    say('error', 'place: letters/3/5 failed.', { stage: 'place', topic: 'letters', partition: 3, offset: 5 });
    say('info', 'done');
    expect(read(lines)).toMatchObject([
      { level: 'error', msg: 'place: letters/3/5 failed.', stage: 'place', topic: 'letters', partition: 3, offset: 5 },
      { level: 'info', msg: 'done' },
    ]);
    expect(read(lines)[1]).not.toHaveProperty('stage');
  });
});

describe('what the streams library tells', () => {
  const commit = { stage: 'place', records: 40, written: new Map<string, number>(), durationMs: 12.3, delayMs: 5 };

  it('is in the log: at info who has which partitions, and commits at debug only', async () => {
    const [some, all]: [string[], string[]] = [[], []];
    logStreams(await logInto(some));
    expect(events.commit.isHeard).toBe(false);
    logStreams(await logInto(all, { OMS_LOG_LEVEL: 'debug' }));
    events.rebalance.tell({ stage: 'place', assign: true, partitions: [{ topic: 'letters', partition: 3 }] });
    events.commit.tell(commit);
    const given = { level: 'info', stage: 'place', partitions: ['letters/3'], msg: 'place: was given 1 partition.' };
    expect(read(some)).toMatchObject([given]);
    expect(read(all)).toMatchObject([
      given,
      { level: 'debug', stage: 'place', msg: 'place: committed 40 records in 12 ms.' },
    ]);
  });
});

describe('no secret comes into the log', () => {
  const PASSWORD = 'k%40tz"e/n&haus';
  const URL_OF_DATABASE = `postgres://oms:${encodeURIComponent('tür#7:schloss')}@db:5432/oms`;

  /** What may be found of the secrets in what was logged. */
  const traces = (lines: readonly string[]): string[] =>
    [PASSWORD, 'haus', 'schloss', 'Bearer', 'session=', 'key-0815'].filter((secret) => lines.join('').includes(secret));

  it.each<[string, object]>([
    ['the address of the database in a sentence', { message: `no answer from ${URL_OF_DATABASE}` }],
    ['another address with a password', { message: 'http://proxy:haus@proxy:3128 refuses' }],
    ['the password itself in a sentence', { message: 'tür#7:schloss is wrong' }],
    ['PGPASSWORD in a sentence', { message: `${PASSWORD} is wrong` }],
    ['an error that quotes it', { err: new Error(`cannot connect to ${URL_OF_DATABASE}`) }],
    ['the cause of an error', { err: new Error('away', { cause: new Error(`${URL_OF_DATABASE}: away`) }) }],
    ['a field of an error', { err: Object.assign(new Error('away'), { connectionString: 'host=db password=haus' }) }],
    ['the options of a pool', { pool: { options: { host: 'db', password: 'haus' } } }],
    ['the environment', readEnvironment({ DATABASE_URL: URL_OF_DATABASE })],
    [
      'the headers of a request',
      { headers: { authorization: 'Bearer 1', cookie: 'session=1', 'x-api-key': 'key-0815' } },
    ],
    ['a request', { req: { headers: { authorization: 'Bearer 1', cookie: 'session=1', 'x-api-key': 'key-0815' } } }],
  ])('from %s', async (_where, { message = 'so', ...fields }: { message?: string }) => {
    const lines: string[] = [];
    const log = await logInto(lines, { DATABASE_URL: URL_OF_DATABASE }, { password: PASSWORD });
    log.error(fields, message);
    log.child({ stage: 'sink' }).warn(fields, message);
    expect(lines).toHaveLength(2);
    expect(read(lines).map(({ level }) => level)).toEqual(['error', 'warn']);
    expect(traces(lines)).toEqual([]);
    expect(lines.join('')).toContain('[hidden]');
  });

  it('and a sentence without one stays as it is', async () => {
    const lines: string[] = [];
    const log = await logInto(lines, { DATABASE_URL: 'postgres://oms:oms@db/oms' }, { password: undefined });
    const sentence = 'see oms.rejected at http://127.0.0.1:9080/health, 10:30 @ db';
    log.info(sentence);
    expect(read(lines)[0]!.msg).toBe(sentence);
  });
});
