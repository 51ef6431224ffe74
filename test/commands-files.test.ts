/** The commands that need neither Kafka nor a database, and what all commands have in common. */
import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from '../dev/ports.js';
import { retryUntil } from '../dev/retry.js';
import type { OutageWithMembers } from '../pipeline/offline/offline.js';
import { folder, NETWORK, parsed, refusal, result, run, start } from './kit/commands-program.js';

const file = (name: string): string => join(folder, name);
const NOBODY = `127.0.0.1:${await freePort()}`;
const AWAY = { KAFKA_BROKERS: NOBODY, DATABASE_URL: `postgres://oms@${NOBODY}/oms` };
const START = '2026-10-04T12:00:00.000Z';
const STORM = ['storm', '--network', NETWORK, '--faults', '5', '--hours', '1'];

afterAll(() => rm(folder, { recursive: true }));

describe('every command', () => {
  it('explains itself with an example', async () => {
    const commandsIn = (help: string): string[] =>
      [...(help.split('Commands:')[1] ?? '').split('\n\n')[0]!.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name!);
    const top = commandsIn(await result(['--help'])).filter((name) => name !== 'help');
    expect(top).toEqual(expect.arrayContaining(['correlate', 'network', 'storm', 'pipeline', 'doctor', 'gateway']));
    const explain = async (name: string[]): Promise<void> => {
      const { code, out, err } = await run([...name, '--help']);
      expect({ name, code, err }).toEqual({ name, code: 0, err: '' });
      expect(out).toMatch(/Examples?:\n {2}\S/);
      for (const inner of commandsIn(out)) if (inner !== 'help') await explain([...name, inner]);
    };
    for (let i = 0; i < top.length; i += 4) await Promise.all(top.slice(i, i + 4).map((name) => explain([name])));
  });

  it.each([['--help'], [...STORM, '--seed', '1']])(
    'ends without a word when nobody reads its output: %s',
    async (...args) => {
      const { process, ended } = start(args);
      process.stdout!.destroy();
      const { code, err } = await ended;
      expect(code, err).toBe(0);
      expect(err).not.toMatch(/EPIPE|^\s+at /m);
    },
  );

  it.concurrent.each([
    ['an unknown command', ['reboot'], /unknown command 'reboot'/],
    ['an unknown option', ['lag', '--fast'], /unknown option '--fast'/],
    ['a missing argument', ['correlate'], /--network|missing required argument/],
    ['no number', [...STORM, '--seed', 'x'], /'--seed <n>' argument 'x' is invalid. Expected a whole number/],
    ['half a number', [...STORM, '--faults', '1.5'], /'--faults <n>' argument '1.5' is invalid/],
    ['no shape', [...STORM, '--shape', 'round'], /canonical or source/],
    ['no words', ['read', '-', '--source', 'moon'], /'--source <source>' argument 'moon' is invalid. Expected one of/],
    ['no zone', ['read', '-', '--source', 'onu', '--zone', 'noon'], /'--zone <zone>' argument 'noon' is invalid/],
    ['odd forms of our own', [...STORM, '--field-quirks'], /--shape source/],
    ['two paces', [...STORM, '--rate', '1', '--speed', '1'], /not both/],
    ['a place nobody knows', [...STORM, '--to', 'mars'], /gateway or kafka/],
    [
      'no time',
      ['log', 'export', '--from', 'noon'],
      /'--from <time>' argument 'noon' is invalid. Expected an ISO 8601/,
    ],
    ['no key', ['log', 'export', '--key', 'S2'], /SUBSTATION\/FEEDER/],
    ['neither file nor stretch', ['replay'], /Name a file, or a stretch/],
    ['file and stretch', ['replay', 'x', '--from', '2026-10-04T18:00:00Z'], /leave out the file/],
    ['no speed', ['replay', 'x', '--speed', '0'], /'--speed <x>' argument '0' is invalid/],
    ['an unknown stage', ['pipeline', '--stages', 'cook'], /The stages are place, correlate, policies, sink/],
    ['no version', ['migrate', '--to', 'latest'], /'--to <n>' argument 'latest' is invalid/],
    ['no rule set', ['correlate', '-', '--network', NETWORK, '--rules', 'nice'], /"nice" is neither a file nor one of/],
  ])('refuses %s with code 2 and a sentence', async (_, args, sentence) => {
    expect(await refusal(2, args, AWAY)).toMatch(sentence);
  });

  it.concurrent.each([
    ['nothing is known of a Kafka', ['topics'], {}, /run "npm start" here, or set .*\nCode: OMS_NO_KAFKA$/],
    ['a variable is wrong', ['lag'], { OMS_PARTITIONS: 'many' }, /OMS_PARTITIONS="many" is wrong: expected a whole/],
    ['the database is away', ['network', 'import', NETWORK, '--dry-run'], AWAY, /The database at \S+ does not answer/],
    ['the database is away', ['migrate'], AWAY, /The database at \S+ does not answer \(ECONNREFUSED\): is it running/],
    ['Kafka is away', ['topics'], AWAY, /Kafka does not answer at 127\.0\.0\.1/],
    ['Kafka is away', ['log', 'export'], AWAY, /Kafka does not answer at 127\.0\.0\.1/],
    ['no gateway runs', [...STORM, '--to', 'gateway', '--gateway', `http://${NOBODY}`], {}, /is it running/],
    ['there is no network', ['correlate', '-', '--network', 'nowhere'], {}, /nowhere: does not exist/],
    ['there is no body', ['read', 'no.xml', '--source', 'kaifa'], {}, /no\.xml: there is no such file/],
    ['there are no events', ['correlate', 'no.ndjson', '--network', NETWORK], {}, /no\.ndjson: there is no such file/],
    ['the result cannot be written', [...STORM, '--out', 'no/where.ndjson'], {}, /no\/where\.ndjson: there is no such/],
  ])('fails with code 1 and a sentence when %s', async (_, args, env, sentence) => {
    const { code, out, err } = await run(args, env);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).not.toMatch(/^\s+at /m);
    expect(err.trimEnd().split('\n').slice(-2).join('\n')).toMatch(sentence);
    expect(err).toMatch(/\nCode: (?!OMS_INTERNAL)OMS_\w+\n$/);
  });
});

describe('oms pipeline', () => {
  it('waits for a Kafka that is away, says so, and ends in order when it is told to', async () => {
    const pipeline = start(['pipeline'], AWAY);
    const waits = /^\{"level":"warn",.*"msg":"Kafka does not answer at 127\.0\.0\.1\S* .* Trying until it does\."\}\n$/;
    await retryUntil(async () => expect(pipeline.said()).toMatch(waits), 30_000, 50);
    pipeline.process.kill('SIGTERM');
    expect(await pipeline.ended).toMatchObject({ code: 0, err: expect.stringMatching(waits) as string });
  });
});

describe('oms storm', () => {
  it('of now holds nothing that is yet to be received', async () => {
    const events = parsed<{ receivedAt: string }>(await result([...STORM, '--now']));
    const last = Math.max(...events.map(({ receivedAt }) => Date.parse(receivedAt)));
    expect(last).toBeLessThanOrEqual(Date.now());
    expect(last).toBeGreaterThan(Date.now() - 60_000);
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const [one, same, other] = await Promise.all([
      result([...STORM, '--seed', '7']),
      result([...STORM, '--seed', '7', '--out', 'storm.ndjson', '--truth', 'truth.ndjson']),
      result([...STORM, '--seed', '8']),
    ]);
    expect(one).not.toBe('');
    expect(same).toBe('');
    expect(await readFile(file('storm.ndjson'), 'utf8')).toBe(one);
    expect(other).not.toBe(one);
    expect(parsed(await readFile(file('truth.ndjson'), 'utf8'))).toHaveLength(5);
  });

  it('is hard where that is asked for, but for what is said otherwise', async () => {
    await result([...STORM, '--seed', '7', '--faults', '40', '--hard', '--wrong-rows', '0', '--truth', 'hard.ndjson']);
    const truth = parsed<object>(await readFile(file('hard.ndjson'), 'utf8'));
    expect(truth.some((line) => 'clock' in line)).toBe(true);
    expect(truth.some((line) => 'wrongRow' in line)).toBe(false);
  });

  it('writes what the field systems send', async () => {
    const [line] = parsed<{ route: string; contentType: string; body: string }>(
      await result([...STORM, '--shape', 'source']),
    ).filter(({ route }) => route === '/onu-event');
    expect(line).toMatchObject({
      contentType: 'application/json',
      headers: { 'ce-time': expect.any(String) as string },
    });
    expect(Buffer.from(line!.body, 'base64').toString()).toMatch(/^\{"eventId":"O-1",/);
  });

  it('writes the odd forms of the field, the same for the same seed, and marks what has to be refused', async () => {
    const storm = [...STORM, '--shape', 'source', '--field-quirks'];
    const [one, same] = await Promise.all([result(storm), result(storm)]);
    expect(one).toBe(same);
    const lines = parsed<{ body: string; refusedFor?: string }>(one);
    const types = new Set(parsed<{ contentType: string }>(one).map(({ contentType }) => contentType));
    expect(types.size).toBeGreaterThan(4);
    expect(lines.some(({ refusedFor }) => refusedFor !== undefined)).toBe(true);
  });

  it('ends quietly when its reader has had enough', async () => {
    const { process, ended } = start(STORM);
    process.stdout!.destroy();
    expect(await ended).toMatchObject({ code: 0, err: expect.not.stringMatching(/EPIPE/) as string });
  });
});

describe('oms read', () => {
  const alert = { type: 'ONU_LastGaspAlert', onuId: 'ONU000002', eventId: 'E1', timestamp: '2026-10-04T18:04:18' };
  const body = JSON.stringify([alert, { ...alert, onuId: 'nobody' }, { ...alert, timestamp: 'soon' }]);
  const read = (...more: string[]): string[] => ['read', '-', '--source', 'onu', ...more];

  it('shows what each report of a body becomes, and counts it', async () => {
    const { code, out, err } = await run(read('--network', NETWORK), {}, body);
    expect({ code, err }).toEqual({
      code: 0,
      err: '3 reports, 1 placed, 1 unplaced (unknownIds), 1 refused (badTime)\n',
    });
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^0: \{.*"assetId":"ONU000002"/),
      expect.stringMatching(/^ {3}on S2\/S2-F1 at [\d.]+, -[\d.]+, of reach point$/),
      expect.stringMatching(/^1: \{.*"assetId":"nobody"/),
      expect.stringMatching(/^ {3}unplaced \(unknownIds\): The registry does not know asset "nobody"\.$/),
      expect.stringMatching(/^2: refused \(badTime\): timestamp "soon" is not a time/),
      '',
    ]);
  });

  it('says it in JSON, a line each, and reads times of another zone', async () => {
    const out = await result(read('--network', NETWORK, '--zone', '+03:00', '--json'), {}, body);
    expect(parsed(out)).toMatchObject([
      { index: 0, event: { occurredAt: '2026-10-04T15:04:18.000Z' }, key: 'S2/S2-F1', placed: [{ key: 'S2/S2-F1' }] },
      { index: 1, unplaced: { reason: 'unknownIds' } },
      { index: 2, refused: { reason: 'badTime' } },
    ]);
  });

  it('says nothing of places without a network', async () => {
    const { out, err } = await run(read('--json'), {}, JSON.stringify(alert));
    expect(Object.keys(parsed<object>(out)[0]!)).toEqual(['index', 'event']);
    expect(err).toMatch(/^1 report, 1 understood\nNothing is said of places/);
  });

  it('reads a file of many lines, each a body, that is larger than a body may be', async () => {
    await writeFile(file('bodies.ndjson'), `${JSON.stringify({ ...alert, note: 'x'.repeat(1000) })}\n`.repeat(1500));
    const { err, out } = await run(['read', 'bodies.ndjson', '--source', 'onu', '--json']);
    expect(err).toMatch(/^1500 reports, 1500 understood\n/);
    expect(parsed<{ index: number }>(out).map(({ index }) => index)).toEqual([...Array(1500).keys()]);
  });
});

describe('oms score', () => {
  it('holds what is said of a storm against its truth', async () => {
    const truth = parsed<{ deviceId: string; reports: object[] }>(await readFile(file('truth.ndjson'), 'utf8'));
    const said = truth.map(({ deviceId, reports }, n) => ({
      faultId: String(n),
      device: n === 0 ? null : deviceId,
      equivalent: [],
      confidence: 0.9,
      members: reports,
    }));
    await writeFile(file('said.ndjson'), said.map((fault) => `${JSON.stringify(fault)}\n`).join(''));
    const score = ['score', 'truth.ndjson', 'said.ndjson'];
    expect(JSON.parse(await result([...score, '--json']))).toMatchObject({
      exact: { right: 5, of: 5 },
      device: { right: 4, of: 5 },
      around90: { right: 4, of: 4 },
    });
    expect(await result(score)).toMatch(/^exact +1\.0000 \(5 of 5\)$/m);
  });

  it('refuses to score lines that are no faults, and names them', async () => {
    const { code, err } = await run(['score', 'truth.ndjson', 'storm.ndjson']);
    expect(code).toBe(1);
    expect(err).toMatch(/^storm\.ndjson, line 1: It has device undefined .*$/m);
    expect(err).toMatch(/\nCode: OMS_UNSCORABLE\n$/);
  });
});

describe('oms correlate', () => {
  const correlate = (events: string, ...more: string[]): string[] => [
    'correlate',
    events,
    '--network',
    NETWORK,
    ...more,
  ];

  it('gives the same outages from a file and from standard input', async () => {
    const storm = await readFile(file('storm.ndjson'), 'utf8');
    const fromFile = await result(correlate('storm.ndjson'));
    const outages = parsed<OutageWithMembers>(fromFile);
    expect(outages.length).toBeGreaterThan(0);
    expect(outages.every(({ members, ruleSet }) => members.length >= 0 && ruleSet !== null)).toBe(true);
    expect(await result(correlate('-'), {}, storm)).toBe(fromFile);
    expect(await result(correlate('storm.ndjson', '--out', 'outages.ndjson'))).toBe('');
    expect(await readFile(file('outages.ndjson'), 'utf8')).toBe(fromFile);
  });

  it('gives the same from a large file, which a second thread reads and places, as from standard input', async () => {
    await result(['storm', '--network', NETWORK, '--faults', '200', '--hours', '20', '--out', 'large.ndjson']);
    const unknown = { source: 'kaifa', kind: 'outage', sourceEventId: 'lost', assetId: 'nobody', occurredAt: START };
    const storm = `${await readFile(file('large.ndjson'), 'utf8')}${JSON.stringify(unknown)}\n{half a line`;
    await writeFile(file('large.ndjson'), storm);
    expect(storm.length).toBeGreaterThan(8_000_000);
    const counted = (text: string): object => JSON.parse(text.trimEnd().split('\n').at(-1)!) as object;
    const fromFile = await run(correlate('large.ndjson', '--rules', 'storm', '--json'));
    const fromInput = await run(correlate('-', '--rules', 'storm', '--json'), {}, storm);
    expect(fromFile.out).toBe(fromInput.out);
    expect(counted(fromFile.err)).toEqual(counted(fromInput.err));
    expect(counted(fromFile.err)).toMatchObject({ rejected: 1 });
    expect(await refusal(1, ['correlate', 'large.ndjson', '--network', 'nowhere'])).toMatch(/nowhere: does not exist/);
  });

  it('takes a last line without an end, and says what is wrong with half a line', async () => {
    const storm = await readFile(file('storm.ndjson'), 'utf8');
    const whole = await run(correlate('-', '--json'), {}, storm.trimEnd());
    expect(whole.out).toBe(await result(correlate('storm.ndjson')));
    const half = await run(correlate('-'), {}, storm.trimEnd().slice(0, -20));
    expect(half.code).toBe(0);
    expect(half.err).toMatch(/rejected: 1\n {2}rejected \(notJson\)/);
  });

  it('applies a rule set by name and from a file', async () => {
    await writeFile(file('wide.json'), JSON.stringify({ name: 'wide', radiusM: 5000 }));
    const ruleSets = async (rules: string): Promise<unknown[]> => {
      const outages = parsed<{ ruleSet: unknown }>(await result(correlate('storm.ndjson', '--rules', rules)));
      return [...new Set(outages.map(({ ruleSet }) => ruleSet))];
    };
    expect(await ruleSets('storm')).toEqual(['storm']);
    expect(await ruleSets('wide.json')).toEqual(['wide']);
    await writeFile(file('wrong.json'), JSON.stringify({ name: 'wrong', radiusM: -1 }));
    expect(await refusal(1, correlate('storm.ndjson', '--rules', 'wrong.json'))).toMatch(
      /wrong\.json has radiusM -1 instead of a number from 0 to 100000\./,
    );
  });
});

describe('oms network demo', () => {
  it('writes a network that can be read', async () => {
    expect(await result(['network', 'demo', '--substations', '2', '--out', 'demo'])).toBe('');
    const storm = await result(['storm', '--network', 'demo', '--faults', '3', '--hours', '1']);
    expect(parsed<{ substationId: string }>(storm).length).toBeGreaterThan(0);
  });
});

describe('oms gateway', () => {
  it('lives on when nobody reads what it says, as after its npm start was killed', async () => {
    const port = await freePort();
    const gateway = start(['gateway'], { ...AWAY, OMS_PORTS: String(port) });
    const health = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/health`)).status;
    await retryUntil(health, 20_000);
    gateway.process.stderr!.destroy();
    // It has something to say of this one, each time.
    for (let n = 0; n < 3; n++) expect((await fetch(`http://127.0.0.1:${port}/api/oms/outages`)).status).toBe(503);
    expect(await health()).toBe(200);
    gateway.process.kill('SIGTERM');
    expect((await gateway.ended).code).toBe(0);
  });
});

describe('.env', () => {
  const doctor = async (env: NodeJS.ProcessEnv): Promise<string> => {
    const { out } = await run(['doctor', '--json'], env);
    const findings = JSON.parse(out) as { what: string; detail: string }[];
    return findings.map(({ what, detail }) => `${what}: ${detail}`).join('\n');
  };

  it('is read by every command, and what is set in the environment goes first', async () => {
    const [ofFile, ofEnvironment] = [await freePort(), await freePort()];
    await writeFile(file('.env'), `OMS_PORTS=${ofFile}\n`);
    try {
      expect(await doctor({})).toContain(`Nothing answers at http://127.0.0.1:${ofFile}/ready`);
      expect(await doctor({ OMS_PORTS: String(ofEnvironment) })).toContain(`http://127.0.0.1:${ofEnvironment}/ready`);
    } finally {
      await rm(file('.env'));
    }
  });

  it('that cannot be read stops the command with a sentence', async () => {
    await mkdir(file('.env'));
    try {
      expect(await refusal(1, ['doctor'])).toMatch(/^\.env cannot be read: /);
    } finally {
      await rmdir(file('.env'));
    }
  });
});
