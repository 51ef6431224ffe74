/** `oms reconcile` on a system that runs: a storm with late events, and a day on which each kind of difference happens. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retryUntil } from '../dev/retry.js';
import { keyText, type Command } from '../operators/model/event.js';
import { outageIdOf } from '../operators/model/identity.js';
import { encodeCommands } from '../operators/log/log-record.js';
import type { Customer } from '../operators/network/network.js';
import { GIVEN_RULE_SETS } from '../operators/model/rules.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import type { Finding } from '../operators/reconcile/finding.js';
import type { Summary } from '../operators/reconcile/summary.js';
import type { CanonicalEvent } from '../simulator/storm/canonical-event.js';
import { simulateStorm } from '../simulator/storm/storm.js';
import { folder, NETWORK, refusal, result, run, start } from './kit/commands-program.js';
import { neighboursIn } from './kit/neighbours.js';
import { TestSystem } from './kit/system.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const network = await readNetwork(NETWORK);
/** Midnight in UTC, some days ago: the storm lasts all of that day, the next one is quiet but for what is made here. */
const stormDay = Math.floor(Date.now() / DAY_MS) * DAY_MS - 3 * DAY_MS;
const quietDay = stormDay + DAY_MS + 12 * HOUR_MS;
const storm = simulateStorm(network, { seed: 11, faults: 70, hours: 20, startMs: stormDay });
const at = (ms: number): string => new Date(ms).toISOString();
const STORM = ['--from', at(stormDay), '--to', at(stormDay + DAY_MS)];
const QUIET = ['--from', at(quietDay), '--to', at(quietDay + DAY_MS)];

const [one, two, three] = neighboursIn(network);
const { feederId } = network.distributionPoints.find(({ dpId }) => dpId === one.dpId)!;
const key = network.feeders.find((feeder) => feeder.feederId === feederId)!;

/** What a meter reports, in minutes of the quiet day: when it happened, and when it was received. */
function report(
  kind: CanonicalEvent['kind'],
  sourceEventId: string,
  { meterId }: Customer,
  min: number,
  receivedMin = min,
) {
  return {
    source: 'kaifa',
    kind,
    type: kind === 'outage' ? 'last_gasp' : 'power_restored',
    sourceEventId,
    assetId: meterId,
    occurredAt: at(quietDay + min * MINUTE_MS),
    receivedAt: at(quietDay + receivedMin * MINUTE_MS + 1000),
  };
}

/** The outage that a report of the day opens. */
function outageOf(sourceEventId: string): string {
  const { assetId, occurredAt } = [...morning, ...evening].find((one) => one.sourceEventId === sourceEventId)!;
  return outageIdOf(key, { source: 'kaifa', assetId, sourceEventId }, Date.parse(occurredAt));
}
const short = (sourceEventId: string): string => outageOf(sourceEventId).slice(0, 8);
const place = keyText(key);

/** The quiet day up to the decisions of its afternoon, in the order of arrival. */
const morning = [
  // Alone and late: missing.
  report('outage', 'missing', one, 0, 60),
  // Two outages of the stream that a late event between them ties together.
  report('outage', 'first', one, 120),
  report('outage', 'second', two, 170),
  report('restoration', 'all-back-1', one, 190),
  report('restoration', 'all-back-2', two, 190),
  report('outage', 'bridge', three, 145, 200),
  // A restoration that was long under way: what came before it belongs to another outage.
  report('outage', 'before', one, 300),
  report('outage', 'after', two, 320),
  report('restoration', 'slow', one, 305, 340),
  // Closed before its last event was heard of.
  report('outage', 'opener', one, 480),
  report('restoration', 'opener-back', one, 500),
];
const evening = [report('outage', 'straggler', three, 495, 515), report('outage', 'weighed', one, 700)];
const closing: Command = {
  command: 'close',
  commandId: 'close-1',
  outageId: outageOf('opener'),
  at: quietDay + 510 * MINUTE_MS,
  author: 'ann',
  reason: 'all are back',
};
const reweighing: Command = {
  command: 'rules',
  commandId: 'rules-1',
  at: quietDay + 701 * MINUTE_MS,
  author: 'ann',
  reason: null,
  ruleSet: { ...GIVEN_RULE_SETS.standard, name: 'wary', weights: { ...GIVEN_RULE_SETS.standard.weights, kaifa: 0.5 } },
  validFrom: quietDay + 700 * MINUTE_MS,
};
const night = [report('outage', 'weighed-otherwise', two, 700.5, 702)];

let system: TestSystem;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  system = await TestSystem.start(network);
  ({ env } = system);
  await system.run('place', 'correlate', 'sink');
  const lines = (events: readonly object[]): string[] => events.map((event) => JSON.stringify(event));
  let sent = 0;
  const send = async (events: readonly object[]): Promise<void> => {
    await system.send(lines(events));
    sent += events.length;
    await system.settled(sent);
  };
  const decide = (command: Command) =>
    system.producer.send({
      topic: system.topics.events,
      messages: [{ key: place, value: encodeCommands([command]) }],
    });
  await send([...storm.events, ...morning]);
  await decide(closing);
  await send(evening);
  await decide(reweighing);
  await send(night);
});

afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true });
});

interface JsonReport {
  readonly summary: Summary;
  readonly findings: readonly Finding[];
}

const reconcile = async (...args: string[]): Promise<JsonReport> =>
  JSON.parse(await result(['reconcile', ...args, '--json'], env)) as JsonReport;

describe('log order', () => {
  it('finds nothing: the engines agree in every outage, over the whole and over any stretch', async () => {
    const whole = await reconcile('--from', at(stormDay), '--to', at(quietDay + DAY_MS), '--order', 'log');
    expect(whole.findings).toEqual([]);
    const living = await system.count('select count(*) from oms.outages where merged_into is null');
    expect(whole.summary).toMatchObject({ outagesCompared: { stream: living, replay: living }, outagesEqual: living });
    expect(Object.values(whole.summary.leftOut)).toEqual([0, 0, 0, 0, 0, 0]);
    const stretches = [0, 4, 8, 12].map(async (hour) => {
      const [from, to] = [stormDay + hour * HOUR_MS, hour === 12 ? stormDay + DAY_MS : stormDay + (hour + 4) * HOUR_MS];
      return reconcile('--from', at(from), '--to', at(to), '--order', 'log');
    });
    const parts = await Promise.all(stretches);
    expect(parts.flatMap(({ findings }) => findings)).toEqual([]);
    // Each outage is compared in the stretch in which it began, and in no other.
    const ofStorm = await system.count(
      `select count(*) from oms.outages where merged_into is null and first_detected_at < '${at(stormDay + DAY_MS)}'`,
    );
    expect(parts.reduce((sum, { summary }) => sum + summary.outagesCompared.stream, 0)).toBe(ofStorm);
  });
});

describe('event-time order', () => {
  it('explains every late event of the storm', async () => {
    const { summary, findings } = await reconcile(...STORM);
    const { rows } = await system.pool.query<{ name: string }>(
      `select distinct source || '/' || source_event_id as name from oms.late where t < '${at(stormDay + DAY_MS)}'`,
    );
    const causes = findings.flatMap((finding) => finding.causes.map(({ name }) => name));
    expect(rows.length).toBeGreaterThan(20);
    expect(new Set(causes)).toEqual(new Set(rows.map(({ name }) => name)));
    for (const { causes, sentence } of findings) expect(sentence).toContain(`${causes[0]!.name} ${causes[0]!.says}`);
    expect(summary.customerMinutes.change).toBeGreaterThan(0);
    expect(summary.customersServed).toBe(network.customers.length);
  });

  it('finds each kind of difference, and says in a sentence what happened', async () => {
    const { findings } = await reconcile(...QUIET);
    expect(findings.map(({ kind, sentence }) => `${kind}: ${sentence}`)).toEqual([
      `missing: kaifa/missing came 1 h late; with it, there is an outage of ${place} that the stream does not have: ` +
        `1 customer from ${at(quietDay)} on.`,
      `merged: kaifa/bridge came 55 min late; with it, outages ${short('first')} and ${short('second')} of ${place} are one.`,
      `split: kaifa/slow was taken after kaifa/after, which happened 15 min later; outage ${short('before')} of ${place} is 2 outages.`,
      `status: kaifa/straggler was taken after the command close of ann, decided 15 min later; outage ${short('opener')} of ` +
        `${place} is closed, not partially_restored, was restored at ${at(closing.at)}, not none, has customers out 0, not 1, ` +
        'has reporters out 0, not 1.',
      `confidence: kaifa/weighed-otherwise was taken after the command rules of ann, decided 30 s later; outage ` +
        `${short('weighed')} of ${place} has confidence 0.96, not 0.9.`,
    ]);
  });
});

describe('a run', () => {
  it('goes on where it was broken off', async () => {
    const args = ['reconcile', ...STORM, '--run', 'broken off'];
    const broken = start(args, env);
    await retryUntil(async () => {
      if (
        (await system.count("select count(*) from reconcile.runs where name = 'broken off' and entries_done > 0")) === 0
      )
        throw new Error('The replay does not get on.');
    }, 30_000);
    broken.process.kill('SIGTERM');
    const { code, err } = await broken.ended;
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(
        /^(entries replayed: .*\n)*Stopped: \d+ of \d+ entries are replayed; the same command goes on there\.\nCode: OMS_INTERRUPTED\n$/,
      ) as string,
    });
    expect(await refusal(1, ['reconcile', 'show', 'broken off'], env)).toMatch(
      /has not come to its end \(\d+ of \d+ entries\): oms/,
    );
    const goneOn = await run(args, env);
    expect(goneOn).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^It was begun before: [1-9]\d* of \d+ entries/) as string,
    });
    const { findings } = await reconcile(...STORM);
    expect(
      (JSON.parse(await result(['reconcile', 'show', 'broken off', '--json'], env)) as JsonReport).findings,
    ).toEqual(findings);
  });

  it('that was compared is told again; --again looks anew, and two runs are compared', async () => {
    const name = `event-time ${at(quietDay).slice(0, 16)}Z to ${at(quietDay + DAY_MS).slice(0, 16)}Z`;
    const first = await run(['reconcile', ...QUIET], env);
    expect(first).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^This is what was found on .*; --again looks anew\.\n$/) as string,
    });
    await system.pool.query('update oms.outages set status = status where outage_id = $1', [outageOf('first')]);
    const again = await reconcile(...QUIET, '--again');
    expect(again.summary.run).toBe(`${name} #2`);
    expect(await result(['reconcile', 'compare', name, `${name} #2`], env)).toMatch(
      /^found by both: 5\nonly by .*: 0\nonly by .* #2: 0$/m,
    );
    const listed = await result(['reconcile', 'list'], env);
    expect(listed.split('\n')[0]).toMatch(
      new RegExp(`^${name} #2: event-time, .*, \\w+ \\S+Z, 5 findings, [+-]?[\\d,.]+ customer-minutes$`),
    );
    expect(await run(['reconcile', 'forget', `${name} #2`], env)).toMatchObject({ code: 0, out: '' });
    expect(await result(['reconcile', 'list'], env)).not.toContain('#2');
  });

  it('leaves its findings in the books, and the replay itself only if asked to', async () => {
    const { findings } = await reconcile(...QUIET, '--run', 'kept', '--keep-books');
    const outages = await system.count("select count(*) from reconcile.outages_of('kept')");
    expect(outages).toBeGreaterThan(5);
    expect(await system.count('select count(*) from reconcile.keys')).toBe(1);
    expect(await system.count('select count(*) from reconcile.queue')).toBe(0);
    const { rows } = await system.pool.query<{ sentence: string }>(
      "select sentence from reconcile.findings join reconcile.runs using (run_id) where name = 'kept' order by finding_no",
    );
    expect(rows.map(({ sentence }) => sentence)).toEqual(findings.map(({ sentence }) => sentence));
  });

  it('is one process at a time', async () => {
    const client = await system.pool.connect();
    await client.query("select pg_advisory_lock(hashtextextended('reconcile/held', 0))");
    expect(await refusal(1, ['reconcile', ...QUIET, '--run', 'held'], env)).toBe(
      'Another process is at the run "held": wait until it has ended.',
    );
    client.release(true);
  });
});

describe('a report', () => {
  const file = (name: string): string => join(folder, name);

  it('is written by the ending of its file, the same findings in each', async () => {
    const { findings } = await reconcile(...QUIET);
    for (const name of ['r.json', 'r.csv', 'r.html']) {
      const { code, out } = await run(['reconcile', ...QUIET, '--report', name], env);
      expect(code).toBe(0);
      expect(out).toMatch(
        /^findings: 5\n {2}missing: 1\n {2}merged: 1\n {2}split: 1\n {2}status: 1\n {2}confidence: 1\n/m,
      );
    }
    expect((JSON.parse(await readFile(file('r.json'), 'utf8')) as JsonReport).findings).toEqual(findings);
    const rows = parse(await readFile(file('r.csv'), 'utf8'), { columns: true }) as Record<string, string>[];
    expect(rows.map(({ sentence }) => sentence)).toEqual(findings.map(({ sentence }) => sentence));
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('in HTML says it all on a page that needs nothing else, in Chromium', async () => {
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage({ colorScheme: 'dark' });
      const wanted: string[] = [];
      page.on('request', (request) => wanted.push(request.url()));
      await page.goto(`file://${file('r.html')}`);
      const { findings, summary } = await reconcile(...QUIET);
      const text = await page.innerText('main');
      for (const { sentence } of findings) expect(text).toContain(sentence);
      const [minutes, saidi] = await page.locator('.tile .value').allInnerTexts();
      expect(Number(minutes!.replace(',', ''))).toBeCloseTo(summary.customerMinutes.change, 0);
      expect(Number(saidi)).toBeCloseTo(summary.customerMinutes.change / network.customers.length, 3);
      const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(await background()).toBe('rgb(18, 23, 31)');
      await page.emulateMedia({ media: 'print' });
      expect(await background()).toBe('rgb(255, 255, 255)');
      expect(wanted).toHaveLength(1);
    } finally {
      await browser.close();
    }
  });
});

describe('--repair', () => {
  const repair = ['reconcile', ...STORM, '--repair'];

  it('asks; where nobody answers, it wants --yes', async () => {
    expect(await refusal(2, repair, env)).toBe('--repair asks on a terminal: without one, add --yes.');
    expect(await refusal(2, ['reconcile', ...STORM, '--yes'], env)).toBe(
      '--yes answers what --repair asks: name both.',
    );
    expect(await refusal(2, [...repair, '--yes', '--order', 'log'], env)).toMatch(/^--repair needs --order event-time/);
  });

  it('puts on the log what mends the findings: once, and then both orders agree', async () => {
    const { findings } = await reconcile(...STORM);
    const members = await system.count('select count(*) from oms.members');
    const mended = await run([...repair, '--yes'], env);
    expect(mended.code, mended.err).toBe(0);
    expect(mended.out).toMatch(new RegExp(`^put on the log: \\d+ commands for ${findings.length} findings$`, 'm'));
    const added = findings.reduce((sum, finding) => sum + finding.added.length, 0);
    expect(await system.count('select count(*) from oms.members')).toBe(members + added);
    const commands = await system.count('select count(*) from oms.commands');
    expect((await run([...repair, '--yes'], env)).err).toMatch(/What it found was repaired on .*: nothing to do/);
    expect(await system.count('select count(*) from oms.commands')).toBe(commands);
    expect((await reconcile(...STORM, '--again')).findings).toEqual([]);
    expect((await reconcile(...STORM, '--order', 'log', '--run', 'after the repair')).findings).toEqual([]);
    const again = await run([...repair, '--again', '--yes'], env);
    expect(again).toMatchObject({
      code: 0,
      err: expect.stringMatching(/There is nothing to put on the log/) as string,
    });
  });
});

describe('what goes wrong', () => {
  it('in log order ends with exit code 1, and the first event where the engines part', async () => {
    const client = await system.pool.connect();
    await client.query("update oms.members set outage_id = $1 where source_event_id = 'second'", [outageOf('first')]);
    await client.query(
      'update oms.outages set confidence = 0, record = record || \'{"confidence": 0}\' where outage_id = $1',
      [outageOf('before')],
    );
    client.release();
    const { code, out, err } = await run(['reconcile', ...QUIET, '--order', 'log'], env);
    expect({ code, err }).toEqual({
      code: 1,
      err: 'There are 3 findings: in log order any difference is a defect of an engine; report it with the JSON report.\nCode: OMS_ENGINES_DIFFER\n',
    });
    expect(out).toContain(
      `kaifa/second is where they part: in the stream it joined outage ${short('first')}, in the replay it opened outage ${short('second')}`,
    );
    expect(out).toContain(`Outage ${short('before')} of ${place} has confidence 0.96, not 0.`);
  });

  it('in event-time order ends with 0, unless findings are to be a failure', async () => {
    expect(await run(['reconcile', ...QUIET, '--fail-on-findings'], env)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/There are 5 findings\.\nCode: OMS_FINDINGS\n$/) as string,
    });
  });

  it.each([
    ['no range', [], /^Name one range: --from and --to, or --day, or --last\.$/],
    ['two ranges', [...QUIET, '--day', 'yesterday'], /^Name one range/],
    ['half a range', ['--from', at(quietDay)], /^--from and --to belong together/],
    [
      'from after to',
      ['--from', '2026-10-05T00:00Z', '--to', '2026-10-04T00:00Z'],
      /^--from 2026-10-05T00:00:00\.000Z is not before --to 2026-10-04/,
    ],
    ['an unknown order', [...QUIET, '--order', 'any'], /Allowed choices are log, event-time/],
    [
      'a report of an unknown ending',
      [...QUIET, '--report', 'r.pdf'],
      /Expected a file that ends with \.json, \.csv, \.html/,
    ],
    ['a day that does not exist', ['--day', '2026-02-30'], /Expected yesterday or a date/],
    ['a last of nothing', ['--last', '0h'], /Expected hours or days such as 24h or 7d/],
    [
      'a run of other arguments',
      [...STORM, '--run', 'kept'],
      /^There is a run "kept" with other arguments: --order event-time --from .*; choose another name/,
    ],
    ['an unknown run', ['show', 'nobody'], /^There is no run "nobody"; "oms reconcile list" shows/],
    ['an unknown run to compare', ['compare', 'kept', 'nobody'], /^There is no run "nobody"/],
  ])('is %s: exit code 2, in one sentence', async (_, args, sentence) => {
    expect(await refusal(2, ['reconcile', ...args], env)).toMatch(sentence);
  });

  it.each([
    [
      'without events',
      ['--from', at(stormDay - 12 * HOUR_MS), '--to', at(stormDay - 6 * HOUR_MS)],
      /^The stored log has no outage event from .*: the first that is stored is of /,
    ],
    [
      'of which raw events are dropped',
      ['--from', at(stormDay - 200 * DAY_MS), '--to', at(stormDay)],
      /^Raw events are kept for 90 days \(OMS_RAW_RETENTION_DAYS\).*: --from can be \S+ at the earliest\.$/,
    ],
  ])('is a range %s: nothing is begun', async (_, args, sentence) => {
    expect(await refusal(1, ['reconcile', ...args], env)).toMatch(sentence);
    expect(await system.count("select count(*) from reconcile.runs where status = 'running'")).toBe(0);
  });

  it('but not in a night without outages: what runs every night has not failed', async () => {
    const { code, out, err } = await run(['reconcile', '--day', 'yesterday', '--report', 'quiet.html'], env);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: '',
      err: expect.stringMatching(/^The stored log has no outage event from /) as string,
    });
    expect((await readdir(folder)).filter((name) => name.startsWith('quiet'))).toEqual([]);
  });

  it('is a file that cannot be written: said before anything is done', async () => {
    await mkdir(join(folder, 'folder.json'), { recursive: true });
    const runs = await system.count('select count(*) from reconcile.runs');
    const args = ['reconcile', ...QUIET, '--run', 'unwritable', '--report'];
    expect(await refusal(1, [...args, 'folder.json'], env)).toBe('folder.json: it is a folder.');
    expect(await refusal(1, [...args, 'nowhere/r.json'], env)).toBe('nowhere/r.json: there is no such file or folder.');
    expect(await system.count('select count(*) from reconcile.runs')).toBe(runs);
  });

  it('is a range of which raw events were dropped; what is kept is compared as before', async () => {
    const kept = { ...env, OMS_RAW_RETENTION_DAYS: '2' };
    const earliest =
      /^Raw events are kept for 2 days \(OMS_RAW_RETENTION_DAYS\).*: --from can be (\S+) at the earliest\.$/;
    const sentence = await refusal(1, ['reconcile', ...STORM, '--order', 'log', '--again'], kept);
    expect(sentence).toMatch(earliest);
    const range = ['--from', earliest.exec(sentence)![1]!, '--to', at(quietDay + DAY_MS)];
    const found = async (name: string): Promise<object> => {
      // Whatever the exit code is, for what the tests before this one have done to the rows.
      const { out } = await run(['reconcile', ...range, '--order', 'log', '--run', name, '--json'], kept);
      const { summary, findings } = JSON.parse(out) as JsonReport;
      expect(summary.outagesCompared.stream).toBeGreaterThan(3);
      return {
        sentences: findings.map(({ sentence }) => sentence),
        compared: summary.outagesCompared,
        minutes: summary.customerMinutes,
      };
    };
    const before = await found('before they were dropped');
    const gone = at(stormDay + DAY_MS).slice(0, 10);
    expect(await system.count(`select oms.drop_days_before('${gone}')`)).toBeGreaterThan(0);
    expect(await system.count(`select count(*) from oms.events where received_at < '${gone}T00:00:00Z'`)).toBe(0);
    expect(await found('after they were dropped')).toEqual(before);
  });

  it('is a stream that has not come so far', async () => {
    await system.stopStages();
    await system.run('place', 'sink');
    await system.send([JSON.stringify(report('outage', 'ahead', one, 900))]);
    await retryUntil(async () => {
      if ((await system.count("select count(*) from oms.events where source_event_id = 'ahead'")) === 0)
        throw new Error('It is not stored.');
    }, 30_000);
    expect(await refusal(1, ['reconcile', ...QUIET, '--again'], env)).toMatch(
      /^The stream has not correlated all of that time yet: partition \d is stored up to offset \d+, and correlated up to \d+\. Wait until "oms lag" shows 0, or give an earlier --to\.$/,
    );
  });
});
