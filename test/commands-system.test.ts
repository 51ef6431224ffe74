/** The commands that work on Kafka and PostGIS, beside stages that run. */
import { randomBytes } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../dev/ports.js';
import { retryUntil } from '../dev/retry.js';
import type { OutageRecord } from '../operators/model/outage.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import type { OutageWithMembers } from '../pipeline/offline/offline.js';
import { simulateStorm } from '../simulator/storm/storm.js';
import type { SourceRecord } from '../streams/topology.js';
import { withAdmin } from '../streams/kafka/admin.js';
import { ensureTopics } from '../connections/topic-admin.js';
import { topicNames } from '../connections/topics.js';
import { folder, NETWORK, parsed, refusal, result, run, start } from './kit/commands-program.js';
import { TestSystem } from './kit/system.js';

const network = await readNetwork(NETWORK);
// Of this day, so that what is reported now is not late.
const startMs = Date.now() - 12 * 3_600_000;
const storm = simulateStorm(network, { seed: 7, faults: 10, hours: 2, startMs });
const file = (name: string): string => join(folder, name);

let system: TestSystem;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  system = await TestSystem.start(network);
  ({ env } = system);
  await system.run('place', 'correlate', 'sink');
  await writeFile(file('storm.ndjson'), storm.events.map((event) => `${JSON.stringify(event)}\n`).join(''));
});

afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true });
});

/** Tries until `what` is true. */
const until = (what: () => Promise<boolean>): Promise<void> =>
  retryUntil(
    async () => {
      if (!(await what())) throw new Error(`It never came to: ${what}`);
    },
    30_000,
    300,
  );

/** Reads a topic of which the reader may not have heard yet. */
const readNew = (topic: string): Promise<SourceRecord[]> => retryUntil(() => system.read(topic), 30_000, 300);

let reported = 0;

/** A last gasp of a meter, now. Returns its id. */
async function report(assetId: string): Promise<string> {
  const now = new Date().toISOString();
  const sourceEventId = `probe-${++reported}`;
  const event = { source: 'kaifa', kind: 'outage', type: 'last_gasp', sourceEventId, assetId, occurredAt: now };
  await system.send([JSON.stringify({ ...event, receivedAt: now })]);
  return sourceEventId;
}

describe('oms replay', () => {
  it('puts a file into the pipeline', async () => {
    const { code, out, err } = await run(['replay', 'storm.ndjson'], env);
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: `${storm.events.length} events sent.\n` });
    await system.settled(storm.events.length);
  });

  it('copies a stretch of the log into a separate set of topics, on which stages work', async () => {
    const into = `${system.environment.topicPrefix}copy.`;
    const log = await system.read(system.topics.events);
    const stretch = ['--from', '2026-01-01T00:00:00Z', '--to', '2100-01-01T00:00:00Z', '--into', into];
    expect(await result(['replay', ...stretch], env)).toBe('');
    const values = (records: readonly SourceRecord[]): unknown[] =>
      records.map(({ partition, key, value }) => [partition, String(key), Buffer.from(value!).toString()]);
    expect(values(await readNew(topicNames(into).events))).toEqual(values(log));
    const correlate = start(['pipeline', '--stages', 'correlate'], { ...env, OMS_TOPIC_PREFIX: into });
    const idsOf = (records: readonly SourceRecord[]): string[] =>
      [...new Set(records.map(({ key }) => String(key)))].sort();
    const expected = idsOf(await system.read(system.topics.outages));
    await until(async () => idsOf(await readNew(topicNames(into).outages)).join() === expected.join());
    correlate.process.kill('SIGTERM');
    expect((await correlate.ended).code).toBe(0);
    expect(await result(['replay', ...stretch.slice(0, -1), `${into}fast.`, '--speed', '1000000'], env)).toBe('');
    expect(await readNew(topicNames(`${into}fast.`).events)).toHaveLength(log.length);
  });

  it('does not copy the log onto itself', async () => {
    const stretch = ['--from', '2026-01-01T00:00:00Z', '--to', '2100-01-01T00:00:00Z'];
    expect(await refusal(2, ['replay', ...stretch, '--into', env.OMS_TOPIC_PREFIX!], env)).toMatch(/read from/);
  });
});

describe('oms log export', () => {
  it('gives what "oms correlate" makes the same outages of as the stream has in PostGIS', async () => {
    expect(await result(['log', 'export', '--out', 'log.ndjson'], env)).toBe('');
    const outages = parsed<OutageWithMembers>(await result(['correlate', 'log.ndjson', '--network', NETWORK]));
    const { rows } = await system.pool.query<{ record: OutageRecord; members: string[] }>(
      `select o.record, coalesce(
         (select array_agg(m.source || '/' || m.source_event_id) from oms.outage_members m where m.outage_id = o.outage_id),
         '{}') as members
       from oms.outages o`,
    );
    const byId = ([a]: [string, ...unknown[]], [b]: [string, ...unknown[]]): number => (a < b ? -1 : 1);
    const offline = outages.map(({ log: _, members, ...record }): [string, object, string[]] => [
      record.outageId,
      record,
      members.map(({ source, sourceEventId }) => `${source}/${sourceEventId}`).sort(),
    ]);
    const stored = rows.map(({ record: { log: _, ...record }, members }): [string, object, string[]] => [
      record.outageId,
      record,
      members.sort(),
    ]);
    expect(outages.length).toBeGreaterThan(5);
    expect(stored.sort(byId)).toEqual(offline.sort(byId));
  });

  it('gives one key, or a stretch of time', async () => {
    type Entry = { substationId: string; feederId: string; receivedAt: string };
    const all = parsed<Entry>(await readFile(file('log.ndjson'), 'utf8'));
    const { substationId, feederId, receivedAt } = all[0]!;
    const ofKey = await result(['log', 'export', '--key', `${substationId}/${feederId}`], env);
    const expected = all.filter((entry) => entry.feederId === feederId);
    expect(parsed(ofKey)).toEqual(expected);
    const since = parsed<Entry>(await result(['log', 'export', '--from', receivedAt], env));
    expect(since).toEqual(all.filter((entry) => entry.receivedAt >= receivedAt));
    expect(await result(['log', 'export', '--to', '2020-01-01T00:00:00Z'], env)).toBe('');
  });
});

describe('oms network import', () => {
  const customers = (): Promise<number> => system.count('select count(*) from network.customers');

  it('shows in a dry run what would change, and changes nothing', async () => {
    await cp(NETWORK, file('network'), { recursive: true });
    const before = await customers();
    const csv = await readFile(file('network/customers.csv'), 'utf8');
    const [, dpId, lat, lon] = csv.trimEnd().split('\n').at(-1)!.split(',');
    await writeFile(file('network/customers.csv'), `${csv.trimEnd()}\nC-NEW,${dpId},${lat},${lon},M-NEW,,\n`);
    const dry = ['network', 'import', 'network', '--dry-run'];
    expect(await result(dry, env)).toBe('customers: 1 added, 0 changed, 0 removed\n');
    expect(JSON.parse(await result([...dry, '--json'], env))).toMatchObject({ customers: { added: ['C-NEW'] } });
    expect(await customers()).toBe(before);
  });

  it('makes a new meter known to stages that run', async () => {
    const unknown = await report('M-NEW');
    await until(
      async () => (await system.count(`select count(*) from oms.unplaced where source_event_id = '${unknown}'`)) === 1,
    );
    const { code, out, err } = await run(['network', 'import', 'network'], env);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toMatch(/customers: 1 added.*\nIn use: .* \(1 elements published\)/);
    const known: string[] = [];
    await until(async () => {
      known.push(`'${await report('M-NEW')}'`);
      return (await system.count(`select count(*) from oms.members where source_event_id in (${known.join()})`)) > 0;
    });
  });

  it('takes nothing away unasked: without a terminal it ends, unless it was agreed to', async () => {
    const before = await customers();
    const { code, out, err } = await run(['network', 'import', NETWORK], env);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      /It lies from 46\.\d+ N to .*\ncustomers that vanish: 1 \(C-NEW\)\ncustomers: 0 added, .* 1 removed\n/,
    );
    expect(err).toMatch(/no terminal to ask on: add --yes to agree\.[^]*Code: OMS_WRONG_USE\n$/);
    expect(await customers()).toBe(before);
    expect((await run(['network', 'import', NETWORK, '--yes'], env)).code).toBe(0);
    expect(await customers()).toBe(before - 1);
  });

  it('remembers which key it took from what it moves', async () => {
    await cp(NETWORK, file('moved'), { recursive: true });
    const points = await readFile(file('moved/distribution_points.csv'), 'utf8');
    const head = network.devices.find(
      ({ feederId, upstreamDeviceId }) => feederId === 'S3-F1' && upstreamDeviceId === null,
    )!;
    const [dpId] = points.split('\n')[1]!.split(',');
    const lines = points.split('\n').map((line) => {
      const [id, , , ...rest] = line.split(',');
      return id === dpId ? [id, 'S3-F1', head.deviceId, ...rest].join(',') : line;
    });
    await writeFile(file('moved/distribution_points.csv'), lines.join('\n'));
    expect((await run(['network', 'import', 'moved'], env)).code).toBe(0);
    const { rows } = await system.pool.query<{ former: { feederId: string }[] }>(
      'select former_keys as former from network.distribution_points where former_keys is not null',
    );
    const { feederId } = network.distributionPoints.find((point) => point.dpId === dpId)!;
    expect(rows).toMatchObject([{ former: [{ feederId }] }]);
    const customersMoved = 'select count(*) from network.customers where former_keys is not null';
    expect(await system.count(customersMoved)).toBe(network.customers.filter((one) => one.dpId === dpId).length);
    // There and back; and once more nothing is new.
    expect((await run(['network', 'import', NETWORK], env)).code).toBe(0);
    const again = await run(['network', 'import', NETWORK], env);
    expect([again.code, again.err]).toEqual([0, expect.stringMatching(/\(0 elements published\)/)]);
  });

  it('lists every error with its place, and leaves the database as it is', async () => {
    const before = await customers();
    await cp(NETWORK, file('broken'), { recursive: true });
    const devices = (await readFile(file('broken/devices.csv'), 'utf8')).split('\n');
    devices[3] = devices[3]!.replace(/^[^,]*,[^,]*/, 'D-1,teapot');
    devices[5] = devices[4]!;
    await writeFile(file('broken/devices.csv'), devices.join('\n'));
    await writeFile(file('broken/substations.csv'), 'substation_id,name,lat,lon,voltage_kv\nS1,One,91,0,\n');
    const { code, out, err } = await run(['network', 'import', 'broken'], env);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/broken\/substations\.csv:2: lat 91 is out of range/);
    expect(err).toMatch(/broken\/devices\.csv:4: type "teapot" is unknown; it is one of breaker/);
    expect(err).toMatch(/broken\/devices\.csv:6: device_id ".*" stands a second time, first in line 5/);
    expect(err).toMatch(/\nbroken has \d+ errors: nothing was changed\.\nCode: OMS_BAD_NETWORK\n$/);
    expect(await customers()).toBe(before);
  });

  it('takes GeoJSON, and leaves what is there if only an empty database is to be filled', async () => {
    const at = (lon: number, lat: number) => ({ type: 'Point', coordinates: [lon, lat] });
    const feature = (geometry: object, properties: object) => ({ type: 'Feature', geometry, properties });
    const features = [
      feature(at(35.9, 31.9), { type_of: 'substation', substation_id: 'G1', name: 'G one' }),
      feature(at(35.9, 31.9), { type_of: 'feeder', feeder_id: 'G1-F1', substation_id: 'G1', name: 'first' }),
    ];
    await writeFile(file('network.geojson'), JSON.stringify({ type: 'FeatureCollection', features }));
    const dry = JSON.parse(await result(['network', 'import', 'network.geojson', '--dry-run', '--json'], env)) as {
      feeders: { added: string[]; removed: string[] };
    };
    expect(dry.feeders.added).toEqual(['G1-F1']);
    expect(dry.feeders.removed).toHaveLength(network.feeders.length);
    const { code, err } = await run(['network', 'import', 'network.geojson', '--if-empty'], env);
    expect(code).toBe(0);
    expect(err).toMatch(/already; it stays.\nIn use: .* \(0 elements published\)/);
  });
});

describe('oms rules and storm-mode', () => {
  const status = async (): Promise<unknown> => JSON.parse(await result(['storm-mode', 'status', '--json'], env));
  const feeders = network.feeders.length;
  const ruleSetOf = async (sourceEventId: string): Promise<unknown> => {
    const { rows } = await system.pool.query<{ name: string }>(
      `select o.record ->> 'ruleSet' as name from oms.outage_members m join oms.outages o using (outage_id)
       where m.source_event_id = $1`,
      [sourceEventId],
    );
    return rows[0]?.name;
  };

  it('lets storm mode hold on every feeder, and the stream applies it', async () => {
    expect(await status()).toEqual([{ name: 'standard', feeders }]);
    expect(await result(['storm-mode', 'on'], env)).toBe('');
    await until(async () => JSON.stringify(await status()) === JSON.stringify([{ name: 'storm', feeders }]));
    const quiet = network.customers.at(-1)!.meterId!;
    const probe = await report(quiet);
    await until(async () => (await ruleSetOf(probe)) === 'storm');
    expect(await result(['storm-mode', 'off'], env)).toBe('');
    await until(async () => (await result(['storm-mode', 'status'], env)) === `standard: ${feeders} feeders\n`);
  });

  it('keeps a rule set of a file, and puts it in force', async () => {
    await writeFile(file('hills.json'), JSON.stringify({ name: 'hills', radiusM: 1500 }));
    expect(await result(['rules', 'set', 'hills.json'], env)).toBe('');
    expect(await result(['rules', 'activate', 'hills', '--from', '2026-01-01T00:00:00Z'], env)).toBe('');
    const listed = await result(['rules', 'list'], env);
    expect(listed).toMatch(/^hills: 30 min, 1500 m, confirmed from 0.7$/m);
    expect(listed).toMatch(/^2026-01-01T00:00:00.000Z hills \(\w+\)$/m);
    expect(await result(['rules', 'list', '--json'], env)).toMatch(/"activations":\[.*"hills"/);
    expect(await refusal(2, ['rules', 'activate', 'dales'], env)).toMatch(/No rule set "dales": there are standard/);
  });
});

describe('oms meaning', () => {
  it('puts a meaning on the log of every feeder, and remembers it for those to come', async () => {
    expect(await result(['meaning', 'list'], env)).toMatch(
      /^1 \(2026-.*\): .*\nIn force: 1, as no other was activated\.$/m,
    );
    expect(await result(['meaning', 'activate', '1'], env)).toBe('');
    expect(await result(['meaning', 'list'], env)).toMatch(/Z 1 \(\w+\)$/m);
    await until(async () => {
      const { rows } = await system.pool.query<{ feeders: number }>(
        "select count(distinct (substation_id, feeder_id))::integer as feeders from oms.commands where command = 'meaning'",
      );
      return rows[0]!.feeders === network.feeders.length;
    });
    expect(await refusal(2, ['meaning', 'activate', '2'], env)).toMatch(
      /is of meaning 2, and this program knows 1: run/,
    );
  });
});

describe('oms topics and lag', () => {
  it('tells the topics, creates those that are missing, and refuses another partition count', async () => {
    expect(await result(['topics'], env)).toMatch(/oms\.events: 4 partitions, replication 1, in sync 1\n/);
    const fresh = { ...env, OMS_TOPIC_PREFIX: `${env.OMS_TOPIC_PREFIX}fresh.` };
    expect(await refusal(1, ['topics'], fresh)).toMatch(/Create them with "oms topics --create"/);
    expect(parsed(await result(['topics', '--create', '--json'], fresh))[0]).toHaveLength(14);
    expect(await refusal(1, ['topics'], { ...env, OMS_PARTITIONS: '7' })).toMatch(/OMS_PARTITIONS says 7/);
  });

  it('tells how far each stage is behind', async () => {
    type Lag = { stage: string; topic: string; partition: number; behind: number };
    const lags = JSON.parse(await result(['lag', '--json'], env)) as Lag[];
    expect(new Set(lags.map(({ stage }) => stage))).toEqual(new Set(['place', 'correlate', 'policies', 'sink']));
    // The mark at the end of a transaction is one offset that nobody reads.
    for (const { stage, behind } of lags) if (stage !== 'policies') expect(behind).toBeLessThanOrEqual(1);
    expect(await result(['lag'], env)).toMatch(/^sink +\S+oms\.outages\/0: \d+ behind$/m);
  });
});

/** An empty database, as a variable. */
async function databaseOfItsOwn(): Promise<{ DATABASE_URL: string }> {
  const name = `oms_${randomBytes(4).toString('hex')}`;
  await system.pool.query(`create database ${name}`);
  const url = new URL(env.DATABASE_URL!);
  url.pathname = `/${name}`;
  return { DATABASE_URL: url.href };
}

describe('oms migrate', () => {
  it('brings the schema up, says so when there is nothing to do, and takes it down again', async () => {
    const there = await databaseOfItsOwn();
    const said = async (...args: string[]): Promise<string> => (await run(['migrate', ...args], there)).err;
    expect(await refusal(1, ['storm-mode', 'status'], there)).toMatch(/run "oms migrate"/);
    expect(await said()).toMatch(/^Applied: 001\.do\.network\.sql, /);
    expect(await said()).toBe('The schema is up to date.\n');
    expect(await said('--to', '0')).toMatch(/^Applied: .*001\.undo\.network\.sql\.\n$/);
    expect(await said()).toMatch(/^Applied: 001/);
  });

  it('says what a lower version loses, and loses it only when somebody agrees', async () => {
    const there = await databaseOfItsOwn();
    await run(['migrate'], there);
    const client = new pg.Client({ connectionString: there.DATABASE_URL });
    await client.connect();
    try {
      await client.query(
        "insert into oms.commands values ('c', 'note', null, 'S', 'F', now(), 'me', null, '{}', 0, 0, 0), ('d', 'note', null, 'S', 'F', now(), 'me', null, '{}', 0, 1, 0)",
      );
      const commands = async (): Promise<number> => (await client.query('select from oms.commands')).rowCount!;
      const { code, out, err } = await run(['migrate', '--to', '2'], there);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toBe(
        'Going down to version 2 loses, and no later migration brings it back:\n' +
          '  003 raw-events: raw events and commands, from which reconcile replays (2 of oms.commands)\n' +
          'Nothing was changed, since there is no terminal to ask on: add --yes to agree.\n' +
          'Code: OMS_WRONG_USE\n',
      );
      expect(await commands()).toBe(2);
      expect((await run(['migrate', '--to', '2', '--yes'], there)).err).toMatch(/^Applied: .*003\.undo/m);
      expect((await run(['migrate'], there)).code).toBe(0);
      expect(await commands()).toBe(0);
    } finally {
      await client.end();
    }
  });

  it('takes the password from PGPASSWORD, whatever is in it', async () => {
    const password = 'p@ss/word:#1 %';
    const role = `oms_${randomBytes(4).toString('hex')}`;
    await system.pool.query(`create role ${role} login superuser password '${password}'`);
    try {
      const url = new URL((await databaseOfItsOwn()).DATABASE_URL);
      Object.assign(url, { username: role, password: '' });
      const there = { DATABASE_URL: url.href, PGPASSWORD: password };
      expect((await run(['migrate'], there)).err).toMatch(/^Applied: 001/);
      expect(await result(['storm-mode', 'status', '--json'], there)).toBe('[]\n');
      expect(await refusal(1, ['migrate'], { ...there, PGPASSWORD: 'other' })).toMatch(/refuses the connection/);
    } finally {
      await system.pool.query(`drop owned by ${role}; drop role ${role}`).catch(() => undefined);
    }
  });
});

describe('oms pipeline and gateway', () => {
  it('the stages end on SIGTERM within 10 s, with code 0', async () => {
    const own = { ...env, OMS_TOPIC_PREFIX: `${env.OMS_TOPIC_PREFIX}own.` };
    await withAdmin(env.KAFKA_BROKERS!, (admin) => ensureTopics(admin, topicNames(own.OMS_TOPIC_PREFIX), 4));
    const pipeline = start(['pipeline', '--slot', 'b'], own);
    await until(async () => pipeline.said().includes('running place,'));
    const askedAt = Date.now();
    pipeline.process.kill('SIGTERM');
    const { code, out, err } = await pipeline.ended;
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(JSON.parse(err.trimEnd().split('\n').at(-1)!)).toMatchObject({ level: 'info', msg: 'stopped' });
    expect(Date.now() - askedAt).toBeLessThan(10_000);
  });

  it('a gateway whose port is taken says so', async () => {
    const server = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    try {
      const { code, err } = await run(['gateway'], { ...env, OMS_PORTS: String(port), OMS_LOG_LEVEL: 'fatal' });
      expect({ code, err }).toEqual({
        code: 1,
        err: `Port ${port} on 127.0.0.1 is taken: stop what listens there, or set OMS_PORTS.\nCode: OMS_PORT_TAKEN\n`,
      });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
