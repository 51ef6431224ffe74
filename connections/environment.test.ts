import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.js';

/** What is said of these settings, a line each. */
function complaints(env: NodeJS.ProcessEnv, stageProcesses?: number): string[] {
  try {
    readEnvironment(env, stageProcesses);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

const GIVEN = { KAFKA_BROKERS: 'kafka:9092', DATABASE_URL: 'postgres://oms@db/oms' };

describe('a setting', () => {
  it.each([
    ['no port', { OMS_PORTS: '9080,x' }, /^OMS_PORTS="9080,x" is wrong: expected port numbers/],
    ['a broker without its port', { KAFKA_BROKERS: 'kafka' }, /^KAFKA_BROKERS="kafka" is wrong: expected host:port/],
    ['no URL', { DATABASE_URL: 'foo' }, /^DATABASE_URL is wrong: expected postgres:\/\/USER:PASSWORD@HOST/],
    ['a URL of another database', { DATABASE_URL: 'mysql://oms@db/oms' }, /^DATABASE_URL is wrong/],
    ['no number of replicas', { OMS_REPLICATION: '0' }, /^OMS_REPLICATION="0" is wrong: expected a whole number/],
  ])('that is %s is named', (_, env, sentence) => {
    expect(complaints(env)).toEqual([expect.stringMatching(sentence)]);
  });

  it('that is a zone is one of the tables, an offset or UTC, under its old name too', () => {
    expect(readEnvironment({}).timeZone).toEqual({ name: 'UTC', offsetMin: 0 });
    expect(readEnvironment({ OMS_TIME_ZONE: 'Asia/Amman' }).timeZone).toEqual({ name: 'Asia/Amman', offsetMin: null });
    expect(readEnvironment({ OMS_NAIVE_TIME_OFFSET: '-03:30' }).timeZone.offsetMin).toBe(-210);
    expect(readEnvironment({ OMS_TIME_ZONE: '', OMS_NAIVE_TIME_OFFSET: 'Z' }).timeZone.offsetMin).toBe(0);
    expect(readEnvironment({ OMS_TIME_ZONE: '+02:00', OMS_NAIVE_TIME_OFFSET: '+03:00' }).timeZone.offsetMin).toBe(120);
    expect(complaints({ OMS_TIME_ZONE: 'EST' })).toEqual([
      'OMS_TIME_ZONE="EST" is wrong: expected UTC, an offset such as +03:00, or a zone such as Asia/Amman.',
    ]);
    expect(complaints({ OMS_NAIVE_TIME_OFFSET: '3' })).toEqual([expect.stringMatching(/^OMS_NAIVE_TIME_OFFSET="3"/)]);
  });

  it('that names a file of codes is what stands in it', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'oms-codes-'));
    try {
      const file = join(dir, 'codes.yaml');
      await writeFile(file, "# ours\nkaifa:\n  outage: ['9.9.9.9']\n");
      expect(readEnvironment({ OMS_SOURCE_CODES: file }).sourceCodes.kaifa.get('9.9.9.9')).toBe('outage');
      await writeFile(file, 'kaifa: {outage: 9}');
      expect(complaints({ OMS_SOURCE_CODES: file })).toEqual([expect.stringContaining('kaifa.outage is no list')]);
      await writeFile(file, 'kaifa: {');
      expect(complaints({ OMS_SOURCE_CODES: file })).toEqual([expect.stringContaining('is not YAML')]);
      expect(complaints({ OMS_SOURCE_CODES: join(dir, 'none') })).toEqual([expect.stringContaining('no such file')]);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('that may hold a password is not shown', () => {
    const [said] = complaints({ DATABASE_URL: 'postgres://oms:p@ss/word:#1@postgres:5432/oms' });
    expect(said).toMatch(/^DATABASE_URL is wrong: .*PGPASSWORD/);
    expect(said).not.toMatch(/p@ss/);
  });

  it('that is right is taken as it is', () => {
    const env = {
      KAFKA_BROKERS: 'a:9092, [::1]:9092',
      DATABASE_URL: 'postgresql://oms:p%40ss@db:5432/oms?sslmode=disable',
    };
    expect(readEnvironment(env)).toMatchObject({ kafkaBrokers: 'a:9092,[::1]:9092', databaseUrl: env.DATABASE_URL });
    expect(readEnvironment({})).toMatchObject({ kafkaBrokers: null, replication: null, stagesPort: null });
    expect(() => readEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })).toThrow(
      'OTEL_EXPORTER_OTLP_ENDPOINT="collector:4318" is wrong: expected http://HOST:PORT or https://HOST:PORT.',
    );
  });
});

describe('settings that do not go together', () => {
  it.each([
    ['a port that is named twice', { OMS_PORTS: '9480,9480' }, 'OMS_PORTS names port 9480 twice: name it once.'],
    [
      "the gateway's port and Kafka's",
      { OMS_PORTS: '9093' },
      'Port 9093 is taken twice, by OMS_PORTS and by OMS_KAFKA_PORT: change one.',
    ],
    [
      "Kafka's port and PostGIS's",
      { OMS_POSTGRES_PORT: '9093' },
      'Port 9093 is taken twice, by OMS_KAFKA_PORT and by OMS_POSTGRES_PORT: change one.',
    ],
    [
      "the gateway's port and that of the stages",
      { OMS_STAGES_PORT: '9100' },
      'Port 9100 is taken twice, by OMS_PORTS and by OMS_STAGES_PORT: change one.',
    ],
    [
      'storm mode that goes off above where it goes on',
      { OMS_STORM_ON_EVENTS_PER_HOUR: '10', OMS_STORM_OFF_EVENTS_PER_HOUR: '10' },
      'OMS_STORM_OFF_EVENTS_PER_HOUR=10 is not below OMS_STORM_ON_EVENTS_PER_HOUR=10: ' +
        'storm mode would go off as soon as it is on.',
    ],
    [
      'more replicas in sync than there are',
      { OMS_REPLICATION: '2', OMS_MIN_IN_SYNC: '3' },
      'OMS_MIN_IN_SYNC=3 is above OMS_REPLICATION=2: no record could ever be written.',
    ],
  ])('are told: %s', (_, env, sentence) => {
    expect(complaints(env)).toEqual([sentence]);
  });

  it('are told where several processes of stages take a port each, and not where one does', () => {
    const env = { OMS_PORTS: '9480', OMS_STAGES_PORT: '9478' };
    expect(complaints(env, 3)).toEqual([
      'Port 9480 is taken twice, by OMS_PORTS and by OMS_STAGES_PORT + 2, of another process of stages: change one.',
    ]);
    expect(complaints(env)).toEqual([]);
    expect(complaints({ OMS_STAGES_PORT: '65535' }, 2)).toEqual([expect.stringMatching(/would be above 65535/)]);
  });

  it('are no ports of servers that are given', () => {
    expect(complaints({ ...GIVEN, OMS_PORTS: '9093,5433' })).toEqual([]);
  });

  it('are told all at once, with what is wrong by itself', () => {
    const env = { OMS_PORTS: '1,1', OMS_LOG_LEVEL: 'shout', OMS_STORM_ON_EVENTS_PER_HOUR: '1', DATABASE_URL: 'x' };
    expect(complaints(env)).toHaveLength(4);
  });
});
