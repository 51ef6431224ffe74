import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../operators/model/outcome.js';
import { events } from '../../streams/events.js';
import { Pulse } from '../../streams/pulse.js';
import { EventTally } from './event-tally.js';
import { FIGURES } from './figures.js';
import { StageMetrics, type WatchedStage } from './stage-metrics.js';

let stages: Map<string, WatchedStage>;
let tally: EventTally;
let metrics: StageMetrics;

beforeEach(() => {
  stages = new Map();
  tally = new EventTally();
  metrics = new StageMetrics(stages, tally);
});

afterEach(() => metrics.stop());

/** A stage that says of itself what is given. */
function stage(name: string, says: Partial<WatchedStage> = {}): void {
  const nothing = {
    pulse: new Pulse(),
    statistics: {},
    complaints: () => [],
    positions: () => [],
    waiting: () => ({ bytes: null, records: 0 }),
    holdings: () => [],
  };
  stages.set(name, { ...nothing, ...says });
}

/** What a scrape gives: the value of each sample by its name and labels. */
async function scrape(): Promise<Map<string, number>> {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of (await metrics.registry.metrics()).split('\n')) {
    const type = /^# TYPE (\w+) (counter|gauge|histogram|summary)$/.exec(line);
    if (type) types.set(type[1]!, type[2]!);
    if (line === '' || line.startsWith('#')) continue;
    const sample = /^([a-zA-Z_:][\w:]*)(\{(?:\w+="(?:[^"\\]|\\.)*",?)*\})? (-?[\d.e+-]+|nan|[+-]Inf)$/i.exec(line);
    expect(sample, line).not.toBeNull();
    samples.set(`${sample![1]}${sample![2] ?? ''}`, Number(sample![3]));
    const family = sample![1]!.replace(/_(bucket|sum|count)$/, '');
    expect(types.has(family) || types.has(sample![1]!), line).toBe(true);
  }
  return samples;
}

const commit = { records: 40, written: new Map([['oms.events', 3]]), durationMs: 20, delayMs: 300 };

describe('the figures of stages', () => {
  it('count what the streams library tells, and only grow', async () => {
    stage('place');
    const counters = Object.entries(FIGURES).flatMap(([name, { type }]) => (type === 'counter' ? [name] : []));
    const told = (): void => {
      events.poll.tell({ stage: 'place', records: 50 });
      events.process.tell({ stage: 'place', records: 50, durationMs: 10 });
      events.commit.tell({ stage: 'place', ...commit });
      events.abort.tell({ stage: 'place', message: 'fenced' });
      events.rebalance.tell({ stage: 'place', assign: true, partitions: [] });
      const at = { topic: 'oms.network', partition: 1, offset: 2, message: 'no JSON' };
      events.setAside.tell({ stage: 'place', ...at, why: 'unreadable' });
      tally.add('scada', 'placed');
    };
    const before = await scrape();
    expect(before.get('oms_stage_records_set_aside_total{stage="place",why="unreadable"}')).toBe(0);
    told();
    const once = await scrape();
    told();
    const twice = await scrape();
    expect(Object.fromEntries(once)).toMatchObject({
      'oms_stage_records_read_total{stage="place"}': 50,
      'oms_stage_records_processed_total{stage="place"}': 50,
      'oms_stage_processing_seconds_total{stage="place"}': 0.01,
      'oms_stage_records_committed_total{stage="place"}': 40,
      'oms_stage_records_written_total{stage="place",topic="oms.events"}': 3,
      'oms_stage_aborts_total{stage="place"}': 1,
      'oms_stage_rebalances_total{stage="place",change="assigned"}': 1,
      'oms_stage_rebalances_total{stage="place",change="revoked"}': 0,
      'oms_stage_records_set_aside_total{stage="place",why="unreadable"}': 1,
      'oms_events_total{stage="place",source="scada",result="placed"}': 1,
    });
    let grown = 0;
    for (const [name, value] of once) {
      if (!counters.some((one) => name.startsWith(one))) continue;
      expect(twice.get(name), name).toBe(2 * value);
      if (value > 0) grown++;
    }
    expect(grown).toBe(9);
  });

  it('have how long commits, restores and the way of a record took, in seconds', async () => {
    events.commit.tell({ stage: 'sink', ...commit });
    events.commit.tell({ stage: 'sink', ...commit, durationMs: 3000, delayMs: null });
    events.restore.tell({ stage: 'correlate', topic: 'oms.events', partition: 0, next: 9, durationMs: 2000 });
    expect(Object.fromEntries(await scrape())).toMatchObject({
      'oms_commit_seconds_bucket{le="0.025",stage="sink"}': 1,
      'oms_commit_seconds_bucket{le="+Inf",stage="sink"}': 2,
      'oms_commit_seconds_sum{stage="sink"}': 3.02,
      'oms_commit_seconds_count{stage="sink"}': 2,
      'oms_delay_seconds_sum{stage="sink"}': 0.3,
      'oms_delay_seconds_count{stage="sink"}': 1,
      'oms_restore_seconds_sum{stage="correlate"}': 2,
    });
  });

  it('say how far behind a partition is, in records and in time, and nothing of one that is gone', async () => {
    const takenMs = Date.now() - 90_000;
    const at = { topic: 'oms.events', partition: 2 };
    stage('correlate', { positions: () => [{ ...at, next: 70, end: 100, takenMs }] });
    const behind = await scrape();
    const labels = '{stage="correlate",topic="oms.events",partition="2"}';
    expect(behind.get(`oms_stage_lag_records${labels}`)).toBe(30);
    expect(behind.get(`oms_stage_lag_seconds${labels}`)).toBeGreaterThanOrEqual(90);
    expect(behind.get(`oms_stage_lag_seconds${labels}`)).toBeLessThan(100);
    expect(behind.get(`oms_stage_taken_timestamp_seconds${labels}`)).toBe(takenMs / 1000);
    // Word of the end may be older than what was read.
    stage('correlate', { positions: () => [{ ...at, next: 101, end: 100, takenMs }] });
    const level = await scrape();
    expect([level.get(`oms_stage_lag_records${labels}`), level.get(`oms_stage_lag_seconds${labels}`)]).toEqual([0, 0]);
    stage('correlate', { positions: () => [{ ...at, next: 5, end: null, takenMs: null }] });
    expect([...(await scrape()).keys()].filter((name) => name.endsWith(labels))).toEqual([]);
  });

  it('say what is in memory, and how the stage is', async () => {
    stage('correlate', {
      statistics: { partitions: 1 },
      complaints: () => ['1 record was set aside.'],
      waiting: () => ({ bytes: 2000, records: 7 }),
      holdings: () => [{ partition: 3, held: { keys: 2, outages: 5, windowEvents: 900, watermarkS: 1.79e9 } }],
    });
    stage('sink', { statistics: { retries: 4 }, waiting: () => ({ bytes: null, records: 8 }) });
    const samples = await scrape();
    expect(Object.fromEntries(samples)).toMatchObject({
      'oms_stage_partitions{stage="correlate"}': 1,
      'oms_stage_degraded{stage="correlate"}': 1,
      'oms_stage_degraded{stage="sink"}': 0,
      'oms_stage_queue_bytes{stage="correlate"}': 2000,
      'oms_stage_uncommitted_records{stage="correlate"}': 7,
      'oms_stage_uncommitted_records{stage="sink"}': 8,
      'oms_correlate_keys{partition="3"}': 2,
      'oms_correlate_outages{partition="3"}': 5,
      'oms_correlate_window_events{partition="3"}': 900,
      'oms_correlate_watermark_timestamp_seconds{partition="3"}': 1.79e9,
      oms_sink_retries_total: 4,
    });
    expect([...samples.keys()].filter((name) => /(queue_bytes|partitions)\{stage="sink"/.test(name))).toEqual([]);
  });

  it('are no more told anything once they are stopped', () => {
    metrics.stop();
    for (const channel of Object.values(events)) expect(channel.isHeard).toBe(false);
  });
});

describe('what became of events', () => {
  it('is counted by source, each event once, though it may concern several outages', () => {
    const member = { source: 'kaifa', sourceEventId: 'K', t: 0, logIndex: 0 } as const;
    const trip = { source: 'scada', sourceEventId: 'S', logIndex: 3 } as const;
    const link = { source: 'kaifa', sourceEventId: 'K', distanceM: 5, dtMs: 0 } as const;
    const none = { members: [], restorations: [], duplicates: [], withoutEffect: [], timeline: [] };
    const key = { substationId: 'S1', feederId: 'F1', log: { partition: 0, offset: 0 } };
    const outcome = {
      outages: [],
      evidence: [
        {
          ...key,
          ...none,
          outageId: 'a',
          members: [
            { ...member, link: null },
            { ...member, logIndex: 1, link },
            { ...member, logIndex: 2, link: null, nth: 1 },
          ],
          restorations: [trip],
        },
        { ...key, ...none, outageId: 'b', restorations: [trip] },
        {
          ...key,
          ...none,
          outageId: null,
          duplicates: [{ ...trip, logIndex: 4 }],
          withoutEffect: [{ ...trip, logIndex: 5 }],
        },
      ],
      late: [{ event: { source: 'onu' } }],
      rejected: [{ reason: 'unknownOutage' }, { reason: 'unknownOutage' }],
    } as unknown as Outcome;
    tally.addOutcome(outcome);
    const counted = [...tally.of('correlate')]
      .filter(({ n }) => n > 0)
      .map(({ source, result, n }) => [source, result, n]);
    expect(counted).toEqual([
      ['scada', 'restored', 1],
      ['scada', 'withoutEffect', 1],
      ['scada', 'duplicate', 1],
      ['kaifa', 'opened', 1],
      ['kaifa', 'linked', 1],
      ['onu', 'late', 1],
    ]);
    expect([...tally.rejectedCommands]).toEqual([['unknownOutage', 2]]);
  });
});
