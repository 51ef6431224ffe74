import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { UTC } from '../../../operators/model/time-zone.js';
import { Registry } from '../../../operators/network/registry.js';
import { readNetwork } from '../network/read.js';
import { ReadHistory, type Reject, type Remark } from './backfill.js';
import { openFile } from './file-history.js';
import { readMapping } from './mapping.js';

/** Histories as utilities export them: data/field-cases, and more of their kinds. */

const cases = new URL('../../../data/field-cases/', import.meta.url).pathname;
const registry = Registry.of(await readNetwork(new URL('../../../data/ieee9500', import.meta.url).pathname));
const folder = await mkdtemp(join(tmpdir(), 'oms-field-'));
afterAll(() => rm(folder, { recursive: true }));

interface Told {
  /** Of each event that was taken: its id, asset and time. */
  readonly events: readonly (readonly [id: string, asset: string, occurredAt: string])[];
  readonly rejects: readonly string[];
  readonly remarks: readonly string[];
}

async function read(file: string, mapping: string): Promise<Told> {
  const rejects: Reject[] = [];
  const remarks: Remark[] = [];
  const how = readMapping(mapping, 'm.yaml');
  const history = await ReadHistory.read({
    inputs: [{ history: await openFile(file, how), mapping: how, source: 'kaifa' }],
    registry,
    from: -Infinity,
    to: Infinity,
    zone: UTC,
    nowMs: Date.UTC(2026, 9, 5),
    onReject: (reject) => void rejects.push(reject),
    onRemark: (remark) => remarks.push(remark),
    onRows: () => undefined,
  });
  const events: [string, string, string][] = [];
  for await (const block of history.events()) {
    for (const { line } of block) {
      const { sourceEventId, assetId, occurredAt } = JSON.parse(line) as Record<string, string>;
      events.push([sourceEventId!, assetId!, occurredAt!]);
    }
  }
  await history.close();
  expect(history.summary.remarks ?? 0).toBe(remarks.length);
  return {
    events,
    rejects: rejects.map(({ at, detail }) => `${at}: ${detail}`),
    remarks: remarks.map(({ at, detail }) => `${at}: ${detail}`),
  };
}

const mappingOf = (name: string): Promise<string> => readFile(join(cases, name), 'utf8');

async function written(name: string, content: string | Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

describe('local times', () => {
  it('of a zone with summer time are read by its tables, and what is doubtful is remarked on', async () => {
    const told = await read(join(cases, '40-local-time-dst.csv'), await mappingOf('40-local-time-dst.yaml'));
    expect(told.events).toEqual([
      ['D-3', 'M000003', '2025-03-09T07:30:00.000Z'],
      ['D-1', 'M000001', '2025-07-04T22:04:18.000Z'],
      ['D-4', 'M000004', '2025-11-02T05:30:00.000Z'],
      ['D-5', 'M000005', '2025-11-02T05:30:00.000Z'],
      ['D-2', 'M000002', '2025-12-04T23:04:18.000Z'],
    ]);
    const twice =
      'EVENT_TIME "2025-11-02 01:30:00" came twice in America/New_York, where clocks went back: the first is';
    expect(told.remarks).toEqual([
      expect.stringMatching(
        /^4: EVENT_TIME "2025-03-09 02:30:00" never came in America\/New_York, .* 2025-03-09T07:30:00/,
      ),
      `5: ${twice} taken, 2025-11-02T05:30:00.000Z.`,
      `6: ${twice} taken, 2025-11-02T05:30:00.000Z.`,
    ]);
    expect(told.rejects).toEqual([]);
  });

  const RECEIVED = `
zone: America/New_York
fields:
  sourceEventId: ID
  kind: {constant: outage}
  assetId: METER
  occurredAt: AT
  receivedAt: STORED
`;

  it('of an hour that comes twice are decided by when they were stored', async () => {
    const rows = [
      // Stored before clocks went back, after it, and told while they went back.
      'a,M000001,2025-11-02 01:30:00,2025-11-02T05:31:00Z',
      'b,M000002,2025-11-02 01:30:00,2025-11-02T06:31:00Z',
      'c,M000003,2025-11-02 01:59:58,2025-11-02 01:00:03',
      'd,M000004,2025-11-02 01:30:00,',
      'e,M000005,2025-11-02 01:30:00,2025-11-02 01:30:05',
    ];
    const file = await written('stored.csv', `ID,METER,AT,STORED\n${rows.join('\n')}\n`);
    const told = await read(file, RECEIVED);
    expect(Object.fromEntries(told.events.map(([id, , at]) => [id, at]))).toEqual({
      a: '2025-11-02T05:30:00.000Z',
      b: '2025-11-02T06:30:00.000Z',
      c: '2025-11-02T05:59:58.000Z',
      d: '2025-11-02T05:30:00.000Z',
      e: '2025-11-02T05:30:00.000Z',
    });
    expect(told.remarks).toEqual([
      expect.stringMatching(/^5: AT "2025-11-02 01:30:00" came twice in America\/New_York/),
    ]);
  });

  it('that say their zone themselves are not doubtful, nor is a count of seconds', async () => {
    const rows = ['a,M000001,2025-11-02 01:30:00-04:00', 'b,M000002,2025-11-02T05:30:00Z', 'c,M000003,1762061400'];
    const told = await read(await written('offsets.csv', `ID,METER,AT\n${rows.join('\n')}\n`), RECEIVED.replace('  receivedAt: STORED\n', ''));
    expect(told.events.map(([, , at]) => at)).toEqual(Array.from({ length: 3 }, () => '2025-11-02T05:30:00.000Z'));
    expect(told.remarks).toEqual([]);
  }); // prettier-ignore

  it('in the form of a country are of the zone too', async () => {
    const mapping = RECEIVED.replace('AT\n', '{column: AT, format: MM/DD/YYYY hh:mm:ss a}\n').replace('  receivedAt: STORED\n', '');
    const rows = ['a,M000001,7/4/2025 6:04:18 PM', 'b,M000002,11/02/2025 01:30:00 AM', 'c,M000003,3/9/2025 2:30:00 am'];
    const told = await read(await written('us.csv', `\uFEFFID,METER,AT\r\n${rows.join('\r\n')}\r\n`), mapping);
    expect(told.events.map(([id, , at]) => [id, at])).toEqual([
      ['c', '2025-03-09T07:30:00.000Z'],
      ['a', '2025-07-04T22:04:18.000Z'],
      ['b', '2025-11-02T05:30:00.000Z'],
    ]);
    expect(told.remarks).toHaveLength(2);
  }); // prettier-ignore
});

describe('exports of spreadsheets and databases', () => {
  it('with a byte-order mark and CRLF are read', async () => {
    const told = await read(join(cases, '44-bom-crlf.csv'), await mappingOf('41-us-export.yaml'));
    expect(told).toEqual({ events: [['U-1', 'M000001', '2025-10-11T19:19:12.000Z']], rejects: [], remarks: [] });
  });

  const HEADER = 'EVENT_ID,STATUS,METER_NO,EVENT_TIME';
  const ROWS = ['U-1,OUT,M000001,2025-10-11 19:19:12', 'U-2,BACK,M000001,2025-10-11 20:00:00'];
  const text = `${[HEADER, ...ROWS].join('\n')}\n`;
  const events = [
    ['U-1', 'M000001', '2025-10-11T19:19:12.000Z'],
    ['U-2', 'M000001', '2025-10-11T20:00:00.000Z'],
  ];

  it.each<[string, string, string | Buffer]>([
    ['semicolons', 'a.csv', text.replaceAll(',', ';')],
    ['semicolons that Excel names, with a mark and CRLF', 'b.csv', `\uFEFFsep=;\r\n${text.replaceAll(',', ';').replaceAll('\n', '\r\n')}`],
    ['tabs, packed', 'c.csv.gz', gzipSync(text.replaceAll(',', '\t'))],
    ['Unicode text of Excel', 'd.csv', Buffer.from(`\uFEFF${text.replaceAll(',', '\t')}`, 'utf16le')],
    ['texts of Excel', 'e.csv', text.replaceAll('M000001', '="M000001"')],
    ['ids that are padded and marked', 'f.csv', text.replaceAll('M000001', '"\u200EM000001   "')],
    ['Arabic digits', 'g.csv', text.replace(/[0-9]/g, (digit) => String.fromCharCode(0x660 + Number(digit)))],
    ['words in other cases', 'h.csv', text.replace('OUT', 'Out').replace('BACK', 'back ')],
    ['empty rows below', 'i.csv', `${text},,,\n\n,,,\n`],
  ])('with %s are read', async (_, name, content) => {
    const told = await read(await written(name, content), await mappingOf('41-us-export.yaml'));
    expect(told).toEqual({ events, rejects: [], remarks: [] });
  }); // prettier-ignore

  it('ids of 18 digits keep them, in lines of JSON too', async () => {
    const rows = ['700000000000000001', '700000000000000002'].map(
      (id) => `{"ID":${id},"METER":"M000001","AT":1762061400}`,
    );
    const mapping = 'fields: {sourceEventId: ID, kind: {constant: outage}, assetId: METER, occurredAt: AT}';
    const told = await read(await written('long.ndjson', `\uFEFF${rows.join('\r\n')}\r\n`), mapping);
    expect(told.events.map(([id]) => id)).toEqual(['700000000000000001', '700000000000000002']);
  });

  it('have nothing where a mark says that there is nothing', async () => {
    const mapping = `
fields:
  sourceEventId: ID
  kind: {column: ST, values: {OUT: outage, "-": restoration}}
  assetId: METER
  customerId: CUST
  occurredAt: AT
  receivedAt: STORED
  lat: LAT
  lon: LON
`;
    const marks = ['NULL', '\\N', '(null)', 'N/A', '#N/A', 'NaN', '-'];
    const rows = marks.map((mark, i) => `${i},OUT,${mark},C000001,2025-10-11 19:19:1${i},${mark},${mark},${mark}`);
    const csv = `ID,ST,METER,CUST,AT,STORED,LAT,LON\n${[...rows, '7,-,M000001,,2025-10-11 19:19:17,,,'].join('\n')}\n`;
    const told = await read(await written('marks.csv', csv), mapping);
    expect(told.rejects).toEqual([]);
    expect(told.events.map(([, asset]) => asset)).toEqual([...marks.map(() => 'C000001'), 'M000001']);
    const none = await read(await written('none.csv', csv.replace('2025-10-11 19:19:10', 'NULL')), mapping);
    expect(none.rejects).toEqual(['2: occurredAt is missing.']);
  });
});

describe('a time that can be read in two ways', () => {
  it.each(['10/04/2025 18:04:18', '4.10.2025 18:04', '10-04-25 6:04 PM', '10/24/2025 18:04:18'])(
    'is refused with the value, and what would be right: %s',
    async (time) => {
      const mapping = await mappingOf('41-us-export.yaml');
      const csv = `EVENT_ID,STATUS,METER_NO,EVENT_TIME\nU-1,OUT,M000001,${time}\nU-2,OUT,M000001,2025-10-04T18:04:18Z\n`;
      const told = await read(await written('ambiguous.csv', csv), mapping);
      expect(told.events).toHaveLength(1);
      expect(told.rejects).toEqual([
        `2: EVENT_TIME "${time}" can be read in two ways: say in its format which number is the day, such as ` +
          '"MM/DD/YYYY hh:mm:ss a" or "DD/MM/YYYY HH:mm:ss".',
      ]);
    },
  );

  it('of another form than its mapping says is refused, with the form', async () => {
    const mapping = 'fields: {kind: {constant: outage}, assetId: M, occurredAt: {column: T, format: DD/MM/YYYY HH:mm}}';
    const csv = 'M,T\nM000001,10/24/2025 18:04\nM000001,24/10/2025 6:04 PM\nM000001,24/10/2025 18:04\n';
    const told = await read(await written('form.csv', csv), mapping);
    expect(told.rejects).toEqual([
      '2: T "10/24/2025 18:04" is not a time: expected DD/MM/YYYY HH:mm.',
      '3: T "24/10/2025 6:04 PM" is not a time: expected DD/MM/YYYY HH:mm.',
    ]);
    expect(told.events.map(([, , at]) => at)).toEqual(['2025-10-24T18:04:00.000Z']);
  });
});
