/** History of files and tables, put on the log of a system that runs. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { OfflineRun } from '../pipeline/offline/offline.js';
import { simulateStorm } from '../simulator/storm/storm.js';
import type { CanonicalEvent } from '../simulator/storm/canonical-event.js';
import { sourceShape } from '../simulator/storm/shapes.js';
import { timeOf } from '../operators/model/time.js';
import { folder, NETWORK, parsed, refusal, result, run, start } from './kit/commands-program.js';
import { TestSystem } from './kit/system.js';

const network = await readNetwork(NETWORK);
const file = (name: string): string => join(folder, name);
const LAST_YEAR = Date.UTC(2025, 9, 4, 12);

let system: TestSystem;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  system = await TestSystem.start(network);
  ({ env } = system);
});

afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true });
});

const HEADER = 'EVENT_ID,STATUS,SYS,METER,EVENT_TIME,INSERTED,LAT,LON,FEEDER,SS,REACH';
const MAPPING = `
timeZone: "+03:00"
fields:
  source: SYS
  sourceEventId: EVENT_ID
  kind: {column: STATUS, values: {OUT: outage, BACK: restoration}}
  type: STATUS
  assetId: METER
  occurredAt: EVENT_TIME
  receivedAt: INSERTED
  lat: LAT
  lon: LON
  feederId: FEEDER
  substationId: SS
  reach: REACH
`;

/** A time as the old system wrote it: Amman's, without a zone. */
const local = (time: string): string =>
  new Date(Date.parse(time) + 3 * 3_600_000).toISOString().replace('T', ' ').replace('Z', '');

function cells(event: CanonicalEvent): (string | number)[] {
  const { sourceEventId, kind, source, assetId, occurredAt, receivedAt, lat, lon, feederId, substationId, reach } =
    event;
  const status = kind === 'outage' ? 'OUT' : 'BACK';
  const place = [lat ?? '', lon ?? '', feederId ?? '', substationId ?? '', reach ?? ''];
  return [sourceEventId, status, source, assetId, local(occurredAt), local(receivedAt), ...place];
}

const csv = (events: readonly CanonicalEvent[]): string =>
  [HEADER, ...events.map((event) => cells(event).join(','))].join('\n') + '\n';

interface Told {
  readonly read: number;
  readonly taken: number;
  readonly duplicates: number;
  readonly unplaced: number;
  readonly rejected: Record<string, number>;
  readonly publishedNow: number;
}

const backfill = async (...args: string[]): Promise<Told> =>
  JSON.parse(await result(['backfill', ...args, '--json'], env)) as Told;

const storm = simulateStorm(network, { seed: 11, faults: 12, hours: 3, startMs: LAST_YEAR }).events;
// Files of old systems are in any order.
const shuffled = [...storm].sort((a, b) => (a.sourceEventId < b.sourceEventId ? 1 : -1));
const BAD_ROWS = [
  'K-bad-1,OUT,kaifa,M1,,,,,,,',
  'K-bad-2,OUT,kaifa,M1,noon,,,,,,',
  'K-bad-3,?,kaifa,M1,2025-10-04 12:00:00,,,,,,',
  'K-bad-4,OUT,kaifa,M1,2025-10-04 12:00:00,,91,35,,,',
  'K-bad-5,OUT',
];

describe('oms backfill', () => {
  it('counts and shows rejects in a dry run, and publishes nothing', async () => {
    await writeFile(file('history.csv'), `${csv(shuffled)}${BAD_ROWS.join('\n')}\n`);
    await writeFile(file('mapping.yaml'), MAPPING);
    const args = ['backfill', '--file', 'history.csv', '--mapping', 'mapping.yaml', '--dry-run'];
    const { code, out, err } = await run([...args, '--rejects', 'rejects.ndjson'], env);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/nothing was published\.\n$/) as string });
    expect(out).toMatch(new RegExp(`^read: ${storm.length + 5}\n  taken: \\d+\n  duplicates: \\d+\n`));
    expect(out).toMatch(/rejected: 5\n {4}badTime: 2\n/);
    const line = storm.length + 2;
    expect(err).toContain(`history.csv:${line}: occurredAt is missing. (badTime)\n`);
    expect(err).toContain(
      `history.csv:${line + 2}: STATUS "?" is not in the values of kind: OUT, BACK. (unknownKind)\n`,
    );
    expect(parsed<{ at: number }>(await readFile(file('rejects.ndjson'), 'utf8')).map(({ at }) => at)).toEqual([
      line,
      line + 1,
      line + 2,
      line + 3,
      line + 4,
    ]);
    expect(await system.count('select count(*) from oms.backfills')).toBe(0);
    expect(await system.read(system.topics.kaifa)).toEqual([]);
  });

  it.each([
    [
      'a column that the file does not have',
      MAPPING.replace('METER', 'METRE'),
      /fields\.assetId names the column "METRE", but history\.csv has EVENT_ID, /,
    ],
    [
      'a field that there is not',
      MAPPING.replace('assetId', 'asset'),
      /there is no field "asset": there are source, kind/,
    ],
    ['no time', MAPPING.replace('occurredAt: EVENT_TIME', ''), /fields\.occurredAt is missing/],
  ])('refuses a mapping with %s, in one sentence', async (_, mapping, sentence) => {
    await writeFile(file('wrong.yaml'), mapping);
    expect(await refusal(1, ['backfill', '--file', 'history.csv', '--mapping', 'wrong.yaml'], env)).toMatch(sentence);
  });

  it('says in one sentence that a range, a file or a table holds nothing', async () => {
    await writeFile(file('empty.csv'), `${HEADER}\n`);
    const mapped = ['--mapping', 'mapping.yaml'];
    const range = ['--from', '2024-01-01T00:00:00Z', '--to', '2024-01-02T00:00:00Z'];
    await writeFile(file('good.csv'), csv(storm));
    expect(await refusal(1, ['backfill', '--file', 'good.csv', ...mapped, ...range], env)).toBe(
      `No event in good.csv lies in the range: ${storm.length} lie outside, 0 were rejected; nothing was published.`,
    );
    expect(await refusal(1, ['backfill', '--file', 'empty.csv', ...mapped], env)).toMatch(/There are no rows in empty/);
    expect(await refusal(1, ['backfill', '--table', 'no.such', ...mapped], env)).toMatch(
      /There is no table no\.such in/,
    );
    expect(await refusal(1, ['backfill', '--file', 'no.csv', ...mapped], env)).toMatch(
      /no\.csv: there is no such file/,
    );
    expect(await refusal(2, ['backfill', '--dry-run'], env)).toMatch(/--file FILE or --table TABLE/);
    expect(await refusal(2, ['backfill', '--source', 'telegraph'], env)).toMatch(/Expected one of scada, kaifa/);
  });

  it('goes on where it was killed, and the outages are those of the history', async () => {
    // Enough that it can be killed in the middle: the same storm, two days later each time.
    const history = Array.from({ length: Math.ceil(60_000 / storm.length) }, (_, i) =>
      storm.map((event) => {
        const later = (time: string): string => new Date(Date.parse(time) + i * 2 * 86_400_000).toISOString();
        return {
          ...event,
          sourceEventId: `${event.sourceEventId}/${i}`,
          occurredAt: event.occurredAt.startsWith('2025') ? later(event.occurredAt) : event.occurredAt,
          receivedAt: later(event.receivedAt),
        };
      }),
    ).flat();
    await writeFile(file('long.csv'), csv([...history].sort((a, b) => (a.sourceEventId < b.sourceEventId ? 1 : -1))));
    const args = ['backfill', '--file', 'long.csv', '--mapping', 'mapping.yaml', '--json'];
    const published = (): Promise<number> => system.count('select coalesce(max(published), 0) from oms.backfills');
    const killed = start(args, env);
    while ((await published()) === 0 && killed.process.exitCode === null);
    killed.process.kill('SIGKILL');
    await killed.ended;
    const before = await published();
    expect(before).toBeGreaterThan(0);
    const again = await run(args, env);
    expect(again.code, again.err).toBe(0);
    const told = JSON.parse(again.out) as Told;
    expect(again.err).toContain(`it goes on behind the first ${before} events`);
    expect(told.read).toBe(history.length);
    expect(told.publishedNow).toBe(told.taken + told.unplaced - before);
    expect(told.publishedNow).toBeGreaterThan(0);
    expect(await published()).toBe(told.taken + told.unplaced);
    const third = await run(args, env);
    expect(third.err).toMatch(/^All of it was published by .*: nothing to do/m);
    expect(JSON.parse(third.out)).toMatchObject({ taken: told.taken, publishedNow: 0 });

    // What went through the stream is what the whole history gives in event-time order.
    await system.run('place', 'correlate', 'sink');
    const offline = new OfflineRun({ network, linesPerCommit: 1000, takenInAt: Date.now() });
    const times = new Map(history.map((event) => [event, timed(event)]));
    const inOrder = [...history].sort((a, b) => {
      const [one, other] = [times.get(a)!, times.get(b)!];
      return one.t - other.t || one.receivedAt - other.receivedAt || (identity(a) < identity(b) ? -1 : 1);
    });
    for (const event of inOrder) offline.line(JSON.stringify(event));
    const expected = offline.finish().map(({ outageId, members }) => [outageId, members.length]);
    expect(expected.length).toBeGreaterThan(100);
    // A batch that was on its way when it was killed stands twice on the topic.
    await system.settled((await linesOnSources()).length);
    const { rows } = await system.pool.query<{ id: string; members: number }>(
      `select o.outage_id as id, (select count(*)::int from oms.outage_members m where m.outage_id = o.outage_id) as members
       from oms.outages o`,
    );
    expect(rows.map(({ id, members }) => [id, members]).sort()).toEqual(expected.sort());
  });

  it('is stopped by Ctrl-C between two batches, and says where it goes on', async () => {
    const args = ['backfill', '--file', 'long.csv', '--mapping', 'mapping.yaml', '--again'];
    const published = (): Promise<number> =>
      system.count('select max(published) from oms.backfills where summary is null');
    const stopped = start(args, env);
    while ((await published()) === 0 && stopped.process.exitCode === null);
    stopped.process.kill('SIGINT');
    const { code, err } = await stopped.ended;
    expect(code).toBe(1);
    const told = /^Stopped: (\d+) events are published; the same command without --again goes on there\.$/m.exec(err);
    expect(Number(told?.[1])).toBe(await published());
  });

  it('goes into the books of a run, where nothing is late, and goes on there', async () => {
    await writeFile(file('night.csv'), csv(shuffled));
    const args = ['backfill', '--file', 'night.csv', '--mapping', 'mapping.yaml', '--run', "last year's night"];
    const stopped = start(args, env);
    const fed = (): Promise<number> => system.count('select coalesce(sum(entries_total), 0) from reconcile.runs');
    while ((await fed()) === 0 && stopped.process.exitCode === null);
    stopped.process.kill('SIGKILL');
    await stopped.ended;
    const told = JSON.parse(await result([...args, '--json'], env)) as Told;
    expect(told.read).toBe(storm.length);

    const offline = new OfflineRun({ network, linesPerCommit: 1000, takenInAt: Date.now() });
    const inOrder = storm
      .map((event) => ({ event, ...timed(event) }))
      .sort((a, b) => a.t - b.t || a.receivedAt - b.receivedAt || (identity(a.event) < identity(b.event) ? -1 : 1));
    for (const { event, t } of inOrder)
      offline.line(
        JSON.stringify({ ...event, ...(t === Date.parse(event.occurredAt) ? { receivedAt: event.occurredAt } : {}) }),
      );
    const expected = offline.finish().map(({ outageId, status, members }) => `${outageId} ${status} ${members.length}`);
    expect(expected.length).toBeGreaterThan(10);
    const { rows } = await system.pool.query<{ text: string }>(
      `select id || ' ' || status || ' ' || (select count(*) from reconcile.members_of($1) m where m.outage_id = id) as text
       from reconcile.outages_of($1)`,
      ["last year's night"],
    );
    expect(rows.map(({ text }) => text).sort()).toEqual(expected.sort());
    expect(await system.count('select count(*) from reconcile.unplaced')).toBe(told.unplaced);

    const again = JSON.parse(await result([...args, '--json'], env)) as Told;
    expect(again.publishedNow).toBe(0);
    expect(
      await refusal(
        2,
        ['backfill', '--file', 'long.csv', '--mapping', 'mapping.yaml', '--run', "last year's night"],
        env,
      ),
    ).toMatch(/There is a run "last year's night" of something else/);
  });

  it('takes tables and files of several sources, as they sent it, in one order', async () => {
    const shift = (events: readonly CanonicalEvent[], days: number): CanonicalEvent[] =>
      events.map((event) => ({
        ...event,
        sourceEventId: `late/${event.sourceEventId}`,
        occurredAt: new Date(Date.parse(event.occurredAt) + days * 86_400_000).toISOString(),
        receivedAt: new Date(Date.parse(event.receivedAt) + days * 86_400_000).toISOString(),
      }));
    const year = simulateStorm(network, { seed: 13, faults: 8, hours: 1, startMs: LAST_YEAR }).events;
    const plausible = year.filter(({ occurredAt }) => occurredAt.startsWith('2025'));
    const later = shift(plausible, 270);
    const of = (source: string): CanonicalEvent[] => later.filter((event) => event.source === source);
    await system.pool.query(`create schema legacy;
      create table legacy.meters (seq serial, message text, stored timestamptz);
      create table legacy.alarms (alarm jsonb)`);
    for (const event of of('kaifa')) {
      const { body } = sourceShape(event);
      await system.pool.query('insert into legacy.meters (message, stored) values ($1, $2)', [body, event.receivedAt]);
    }
    for (const event of of('scada'))
      await system.pool.query('insert into legacy.alarms values ($1)', [sourceShape(event).body]);
    await system.pool.query('insert into legacy.meters (message) values (null)');
    await writeFile(file('soap.yaml'), 'body: message\nfields: {receivedAt: stored}\n');
    await writeFile(file('alarm.yaml'), 'body: alarm\n');
    const calls = of('call_center').map((event) => `${sourceShape(event).body}\n`);
    await writeFile(file('calls.ndjson.gz'), gzipSync(calls.join('')));
    const told = await backfill(
      ...['--table', 'legacy.meters', '--source', 'kaifa', '--mapping', 'soap.yaml'],
      ...['--table', 'legacy.alarms', '--source', 'scada', '--mapping', 'alarm.yaml'],
      ...['--file', 'calls.ndjson.gz', '--source', 'call_center'],
    );
    const given = of('kaifa').length + of('scada').length + calls.length;
    expect(told).toMatchObject({ read: given + 1, rejected: { noValue: 1 } });
    expect(told.taken + told.unplaced + told.duplicates).toBe(given);
    const onTopics = (await linesOnSources()).filter((event) => timed(event).t > Date.UTC(2026, 5, 15));
    expect(onTopics).toHaveLength(told.publishedNow);
    const times = onTopics.map((event) => timed(event).t);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(onTopics.map(({ source }) => source))).toEqual(new Set(['kaifa', 'scada', 'call_center']));
  });
});

const identity = ({ source, sourceEventId }: CanonicalEvent): string => `${source}/${sourceEventId}`;

function timed({ occurredAt, receivedAt }: CanonicalEvent): { t: number; receivedAt: number } {
  const times = { occurredAt: Date.parse(occurredAt), receivedAt: Date.parse(receivedAt) };
  return { t: timeOf(times), receivedAt: times.receivedAt };
}

async function linesOnSources(): Promise<CanonicalEvent[]> {
  const topics = [system.topics.kaifa, system.topics.scada, system.topics.onu, system.topics.call_center];
  const records = (await Promise.all(topics.map((topic) => system.read(topic)))).flat();
  return records.flatMap(({ value }) => parsed<CanonicalEvent>(new TextDecoder().decode(value!)));
}
