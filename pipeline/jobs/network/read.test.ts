import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Network } from '../../../operators/network/network.js';
import { demoNetwork } from '../../../simulator/network/demo.js';
import { InvalidNetwork, networkErrorText } from './network-error.js';
import { readNetwork } from './read.js';
import { writeNetwork } from './write.js';

const bundled = new URL('../../../data/ieee9500', import.meta.url).pathname;
const cases = new URL('../../../data/contract-cases/network', import.meta.url).pathname;

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'oms-network-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

/** The errors that a network gives, each on one line and without the folder. */
async function errorsOf(path = dir): Promise<string[]> {
  const error: unknown = await readNetwork(path).catch((thrown: unknown) => thrown);
  if (!(error instanceof InvalidNetwork)) throw new Error('The network was taken.');
  return error.errors.map((each) => networkErrorText(each).replace(`${dir}/`, ''));
}

/** Replaces a text in one of the files. */
async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
  const path = join(dir, file);
  const before = await readFile(path, 'utf8');
  const after = before.replace(from, to);
  if (after === before) throw new Error(`Nothing to replace in ${file}.`);
  await writeFile(path, after);
}

describe('a network that is in order', () => {
  it('is read whole: the IEEE 9500-node feeder', async () => {
    const network = await readNetwork(bundled);
    const counts = Object.values(network).map((list: readonly unknown[]) => list.length);
    expect(counts).toEqual([3, 3, 354, 2691, 1275, 6200]);
    expect(network.devices[1]).toEqual({
      deviceId: 'REC-LN5742828-2',
      type: 'recloser',
      feederId: 'S1-F1',
      upstreamDeviceId: 'HVMV69S1B2_SW',
      lat: 46.69128624,
      lon: -119.0759062,
      phases: 'ABC',
      normallyOpen: false,
    });
  });

  it('is the same after it was written and read again', async () => {
    const networks: Network[] = [await readNetwork(bundled), demoNetwork({ substations: 3 })];
    for (const network of networks) {
      await writeNetwork(network, dir);
      expect(await readNetwork(dir)).toEqual(network);
    }
  });

  it('keeps names with commas and quotes', async () => {
    const network = await readNetwork(cases);
    const named = { ...network, substations: network.substations.map((s) => ({ ...s, name: 'Main, "old"' })) };
    await writeNetwork(named, dir);
    expect(await readNetwork(dir)).toEqual(named);
  });

  it('may name no device where nobody knows those of a feeder', async () => {
    await writeNetwork(await readNetwork(cases), dir);
    await edit('distribution_points.csv', 'DP1,F1,CB-F1', 'DP1,F1,');
    await edit('sections.csv', 'L1,line,F1,CB-F1', 'L1,line,F1,');
    const network = await readNetwork(dir);
    expect(network.distributionPoints.find(({ dpId }) => dpId === 'DP1')!.deviceId).toBeNull();
    expect(network.sections.find(({ sectionId }) => sectionId === 'L1')!.deviceId).toBeNull();
  });

  it('may begin with a byte order mark and have further columns', async () => {
    await writeNetwork(await readNetwork(cases), dir);
    await edit('substations.csv', /^.+$/gm, '$&,note');
    await edit('substations.csv', /^/, '\uFEFF');
    expect((await readNetwork(dir)).substations[0]!.substationId).toBe('SS001');
  });
});

describe('a network with errors is refused with all of them', () => {
  beforeEach(async () => {
    await writeNetwork(await readNetwork(cases), dir);
  });

  it('a path that does not exist', async () => {
    expect(await errorsOf('/nowhere/network')).toEqual([
      '/nowhere/network: does not exist; name a CSV folder or a GeoJSON file.',
    ]);
  });

  it('a missing file, without blaming the rows that refer to it', async () => {
    await rm(join(dir, 'devices.csv'));
    expect(await errorsOf()).toEqual([
      'devices.csv: the file is missing; a network folder has all six of its CSV files.',
    ]);
  });

  it('a missing column, once', async () => {
    await edit('feeders.csv', 'feeder_id', 'feeder');
    expect(await errorsOf()).toEqual([
      'feeders.csv:1: column feeder_id is missing; the columns are feeder_id,substation_id,name,lat,lon.',
    ]);
  });

  it('an empty file, and a file with a header alone', async () => {
    await writeFile(join(dir, 'sections.csv'), '');
    await writeFile(join(dir, 'substations.csv'), 'substation_id,name,lat,lon,voltage_kv\n');
    const errors = await errorsOf();
    expect(errors[0]).toBe('substations.csv: there is no substation; a network has at least one.');
    expect(errors.at(-1)).toMatch(/^sections\.csv: the file is empty; its first line is section_id,/);
  });

  it('a row with too few cells, and a quote that is never closed', async () => {
    await edit('feeders.csv', 'F3,SS002,Two,32.25,35.93', 'F3,SS002,Two');
    await edit('sections.csv', 'L3', '"L3');
    const errors = await errorsOf();
    expect(errors[0]).toBe('feeders.csv:4: 3 cells where the header has 5; quote values that hold a comma.');
    expect(errors.some((error) => /^sections\.csv:\d+: not readable as CSV: /.test(error))).toBe(true);
  });

  it('ids that are empty, too long, not printable, or would break the key', async () => {
    await edit('customers.csv', 'C0a,', ',');
    await edit('customers.csv', 'C0b,', `${'x'.repeat(257)},`);
    await edit('customers.csv', 'C1a,', 'C\u0007a,');
    await edit('substations.csv', 'SS002', 'SS/2');
    await edit('feeders.csv', 'SS002', 'SS/2');
    expect(await errorsOf()).toEqual([
      'substations.csv:3: substation_id "SS/2" holds a slash, which separates substation and feeder in the key.',
      'customers.csv:2: customer_id is empty; every row needs one.',
      'customers.csv:3: customer_id has 257 characters; at most 256 are allowed.',
      'customers.csv:4: customer_id "C\\u0007a" holds a control character or is not UTF-8.',
    ]);
  });

  it('references to what is not there, or hangs on another feeder', async () => {
    await edit('feeders.csv', 'F3,SS002', 'F3,SS009');
    await edit('devices.csv', 'FU-1,fuse,F1,CB-F1', 'FU-1,fuse,F1,CB-F2');
    await edit('sections.csv', 'L1,line,F1,CB-F1', 'L1,line,F1,CB-F9');
    await edit('distribution_points.csv', 'DP1,F1,CB-F1', 'DP1,F2,CB-F1');
    await edit('customers.csv', 'C4b,DP4', 'C4b,DP9');
    expect(await errorsOf()).toEqual([
      'feeders.csv:4: substation_id "SS009" names no substation of this network.',
      'devices.csv:5: upstream_device_id "CB-F2" is on feeder "F2", not on "F1"; both must be one.',
      'sections.csv:2: device_id "CB-F9" names no device of this network.',
      'distribution_points.csv:3: device_id "CB-F1" is on feeder "F1", not on "F2"; both must be one.',
      'customers.csv:13: dp_id "DP9" names no distribution_point of this network.',
    ]);
  });

  it('devices that feed each other, once for each loop', async () => {
    await edit('devices.csv', 'CB-F1,breaker,F1,,', 'CB-F1,breaker,F1,FU-1,');
    await edit('devices.csv', 'CB-F2,breaker,F2,,', 'CB-F2,breaker,F2,CB-F2,');
    expect(await errorsOf()).toEqual([
      'devices.csv:2: the devices upstream of "CB-F1" form a loop, CB-F1 > FU-1 > CB-F1; one of them has the wrong upstream device.',
      'devices.csv:3: the devices upstream of "CB-F2" form a loop, CB-F2 > CB-F2; one of them has the wrong upstream device.',
    ]);
  });

  it('numbers and coordinates that are none, or out of range', async () => {
    await edit('substations.csv', '31.95,35.93,33', 'north,235.93,33 kV');
    await edit('sections.csv', '4500', '-1');
    await edit('distribution_points.csv', '31.95,35.93,50', ',0x20,50');
    expect(await errorsOf()).toEqual([
      'substations.csv:2: lat "north" is not a number; write WGS 84 degrees from -90 to 90.',
      'substations.csv:2: lon 235.93 is out of range; write WGS 84 degrees from -180 to 180.',
      'substations.csv:2: voltage_kv "33 kV" is not a number; write a number from 0 on.',
      'sections.csv:2: length_m -1 is out of range; write a number from 0 on.',
      'distribution_points.csv:2: lat "" is not a number; write WGS 84 degrees from -90 to 90.',
      'distribution_points.csv:2: lon "0x20" is not a number; write WGS 84 degrees from -180 to 180.',
    ]);
  });

  it('words that are unknown', async () => {
    await edit('devices.csv', 'FU-1,fuse', 'FU-1,fuze');
    await edit('devices.csv', 'ABC,0', 'ABC,no');
    await edit('sections.csv', 'L2,line', 'L2,cable');
    await edit('customers.csv', 'M0b,,', 'M0b,,urgent');
    expect(await errorsOf()).toEqual([
      'devices.csv:2: normally_open "no" is neither 0 nor 1.',
      'devices.csv:5: type "fuze" is unknown; it is one of breaker, recloser, switch, fuse.',
      'sections.csv:3: kind "cable" is unknown; it is one of line, switch, xfmr.',
      'customers.csv:3: priority "urgent" is unknown; it is one of critical.',
    ]);
  });

  it('ids, meters and ONUs that stand twice', async () => {
    await edit('feeders.csv', 'F2,', 'F1,');
    await edit('customers.csv', 'M1a,O1a', 'M0a,O0a');
    const errors = await errorsOf();
    expect(errors).toContain(
      'feeders.csv:3: feeder_id "F1" stands a second time, first in line 2; each is there once.',
    );
    expect(errors).toContain(
      'customers.csv:4: meter_id "M0a" stands a second time, first in line 2; each is there once.',
    );
    expect(errors).toContain(
      'customers.csv:4: onu_id "O0a" stands a second time, first in line 2; each is there once.',
    );
  });

  it('and says in its message how many there are', async () => {
    await edit('customers.csv', /DP0,/g, 'DP9,');
    await expect(readNetwork(dir)).rejects.toThrow(/customers\.csv:2: dp_id "DP9" names no .* \(and 1 more\)$/);
  });
});
