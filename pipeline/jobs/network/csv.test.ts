import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InvalidNetwork, networkErrorText } from './network-error.js';
import { readNetwork } from './read.js';
import { writeNetwork } from './write.js';

/** What spreadsheets and exports make of the files of a network. */

const FILES = ['substations', 'feeders', 'devices', 'sections', 'distribution_points', 'customers'];
const network = await readNetwork(new URL('../../../data/contract-cases/network', import.meta.url).pathname);

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'oms-csv-'));
  await writeNetwork(network, dir);
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

/** Writes one of the files, or all, as something else makes it. */
async function rewrite(change: (text: string) => string | Buffer, files: readonly string[] = FILES): Promise<void> {
  for (const file of files) {
    const path = join(dir, `${file}.csv`);
    await writeFile(path, change(await readFile(path, 'utf8')));
  }
}

async function errors(): Promise<string[]> {
  const error: unknown = await readNetwork(dir).catch((thrown: unknown) => thrown);
  if (!(error instanceof InvalidNetwork)) throw new Error('The network was taken.');
  return error.errors.map((each) => networkErrorText(each).replace(`${dir}/`, ''));
}

describe('the same network is read from files', () => {
  const semicolons = (text: string): string => text.replaceAll(',', ';');
  const decimalCommas = (text: string): string => semicolons(text).replace(/(\d)\.(\d)/g, '$1,$2');

  it.each<[string, (text: string) => string | Buffer]>([
    ['with a byte-order mark and CRLF', (text) => `\uFEFF${text.replaceAll('\n', '\r\n')}`],
    ['whose lines end in several ways', (text) => text.replace('\n', '\r\n')],
    ['whose lines end as on an old Mac', (text) => text.replaceAll('\n', '\r')],
    ['with semicolons', semicolons],
    [
      'with semicolons, decimal commas, a mark and CRLF',
      (text) => `\uFEFF${decimalCommas(text).replaceAll('\n', '\r\n')}`,
    ],
    ['in which Excel names the delimiter', (text) => `sep=;\r\n${semicolons(text).replaceAll('\n', '\r\n')}`],
    ['with tabs', (text) => text.replaceAll(',', '\t')],
    ['of what Excel calls Unicode text', (text) => Buffer.from(`\uFEFF${text.replaceAll(',', '\t')}`, 'utf16le')],
    ['with all cells in quotes', (text) => text.replace(/[^,\n]+/g, '"$&"')],
    ['with empty rows below', (text) => `${text}${text.split('\n')[0]!.replace(/[^,]/g, '')}\n\n`],
    ['with an empty column at the end', (text) => text.replaceAll('\n', ',\n')],
    ['with blanks around cells', (text) => text.replace(/[^,\n]+/g, ' $&\u00A0')],
    ['with words in capitals', (text) => text.replace(/,(breaker|fuse|line),/g, (word) => word.toUpperCase())],
  ])('%s', async (_, change) => {
    await rewrite(change);
    expect(await readNetwork(dir)).toEqual(network);
  });

  it.each([
    ['as numbers of 18 digits', '700000000000000001', '700000000000000001'],
    ['as texts of Excel', '="700000000000000001"', '700000000000000001'],
    ['as texts of Excel in quotes', '"=""00123"""', '00123'],
    ['padded with blanks', '"M0a      "', 'M0a'],
    ['with marks of direction', '\u200EM0a\u200E', 'M0a'],
    ['with a blank that does not break', '\u00A0M0a', 'M0a'],
    ['in Arabic digits', 'M٠٠٠٠٠١', 'M000001'],
  ])('with ids %s', async (_, written, meterId) => {
    await rewrite((text) => text.replace('M0a', written), ['customers']);
    expect((await readNetwork(dir)).customers[0]).toEqual({ ...network.customers[0], meterId });
  });

  it('whose references are written otherwise than what they name', async () => {
    await rewrite((text) => text.replace('DP1,', '\u200EDP\u0661,'), ['customers']);
    await rewrite((text) => text.replaceAll('F1', '"F1  "'), ['feeders']);
    expect(await readNetwork(dir)).toEqual(network);
  });
});

describe('what cannot be known is named', () => {
  it('ids that a spreadsheet has shortened', async () => {
    await rewrite((text) => text.replace('M0a', '7E+17').replace('M0b', '7.00000000000000E+17'), ['customers']);
    const lost = 'is a number whose last digits were lost; export the column as text';
    expect(await errors()).toEqual([
      expect.stringContaining(`customers.csv:2: meter_id "7E+17" ${lost}`),
      expect.stringContaining(`customers.csv:3: meter_id "7.00000000000000E+17" ${lost}`),
    ]);
  });

  it('a comma that may divide thousands', async () => {
    await rewrite((text) => text.replace('4500', '"4,500"').replace('900', '"1,5"'), ['sections']);
    expect(await errors()).toEqual([
      'sections.csv:2: length_m "4,500" can be read as 4.500 or as 4500; write a point before the fraction.',
    ]);
  });

  it('cells that hold the delimiter', async () => {
    await rewrite((text) => text.replaceAll(',', ';').replace('One north', 'One; north'), ['feeders']);
    expect((await errors())[0]).toBe(
      'feeders.csv:2: 6 cells where the header has 5; quote values that hold a semicolon.',
    );
  });

  it('another delimiter, as the columns that are missing by it', async () => {
    await rewrite((text) => text.replaceAll(',', '|'), ['feeders']);
    expect((await errors())[0]).toMatch(/^feeders\.csv:1: column feeder_id is missing; the columns are feeder_id,/);
  });

  it('latitudes that are longitudes, once for the file', async () => {
    await rewrite(
      (text) => text.replaceAll('31.95,35.93', '-119.1,46.7').replaceAll('32.25,35.93', '-119.2,46.7'),
      ['feeders'],
    );
    const [first, ...others] = await errors();
    expect(first).toBe('feeders.csv: 3 of 3 latitudes are beyond 90: latitude and longitude look exchanged.');
    expect(others).toHaveLength(3);
  });

  it('bytes of another encoding', async () => {
    await rewrite((text) => Buffer.from(text.replace('One north', 'Süd'), 'latin1'), ['feeders']);
    expect(await errors()).toEqual(['feeders.csv:2: name "S\uFFFDd" holds a control character or is not UTF-8.']);
  });
});
