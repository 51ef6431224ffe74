import { describe, expect, it } from 'vitest';
import { readNetwork } from '../../pipeline/jobs/network/read.js';
import { Field, START } from '../../test/kit/field.js';
import type { Network } from '../network/network.js';
import { Diagnosis } from './diagnosis.js';
import type { TopologyCommand } from './fault-command.js';
import { treesOf } from './network-trees.js';

const network = await readNetwork(new URL('../../data/diagnosis-cases/network', import.meta.url).pathname);
const field = new Field(network);
const KEY = { substationId: 'S1', feederId: 'F1' };
const LOG = { partition: 0, offset: 0 };
const tree = treesOf(network).get('S1/F1')!;

/** The same network, but for where a transformer hangs. */
function withPointAt(dpId: string, deviceId: string): Network {
  const distributionPoints = network.distributionPoints.map((point) =>
    point.dpId === dpId ? { ...point, deviceId } : point,
  );
  return { ...network, distributionPoints };
}

/** The same network without a device: what it supplied hangs on its parent. */
function withoutDevice(deviceId: string): Network {
  const parent = network.devices.find((device) => device.deviceId === deviceId)!.upstreamDeviceId!;
  return {
    ...network,
    devices: network.devices.filter((device) => device.deviceId !== deviceId),
    distributionPoints: network.distributionPoints.map((point) =>
      point.deviceId === deviceId ? { ...point, deviceId: parent } : point,
    ),
  };
}

const topology = (version: string): TopologyCommand => ({
  command: 'topology',
  commandId: `topology-${version}`,
  at: START,
  author: 'import',
  reason: null,
  version,
});

const fuseOpens = (second: number) => [
  ...['M04', 'M05', 'M08', 'M10'].map((meter, i) => field.meterOut(meter, second + i / 2)),
  field.onuOut('O04', second + 5),
  field.onuOut('O09', second + 6),
];

const fuseBack = (second: number) =>
  ['M04', 'M05', 'M06', 'M07', 'M08', 'M09', 'M10', 'M11'].map((meter, i) => field.meterBack(meter, second + 6 * i));

describe('a tree that changes', () => {
  it('explains reports from its entry on, and none before', () => {
    const versions = new Map([['moved', treesOf(withPointAt('T3', 'FB')).get('S1/F1')!]]);
    const diagnosis = new Diagnosis(KEY, tree, { treeOf: (version) => versions.get(version) });
    diagnosis.take([...fuseOpens(0), ...fuseBack(600), topology('moved'), ...fuseOpens(1200)], LOG);
    const faults = diagnosis.faults(LOG);
    const later = faults.filter(({ onsetAt }) => Date.parse(onsetAt) > START + 600_000);
    expect(faults.filter((fault) => !later.includes(fault))).toMatchObject([{ device: 'FA', customersAffected: 8 }]);
    // The fuse has one of the two transformers left: what both have in common is the recloser.
    expect(later).toMatchObject([{ device: 'R1', phases: 'A' }]);
  });

  it('of a version that is not known stays as it was', () => {
    const diagnosis = new Diagnosis(KEY, tree, { treeOf: () => undefined });
    diagnosis.take([topology('lost'), ...fuseOpens(0)], LOG);
    expect(diagnosis.tree).toBe(tree);
    expect(diagnosis.faults(LOG).map(({ device }) => device)).toEqual(['FA']);
  });

  it('leaves explanations that stand with their customers: they come back to them, and call for them', () => {
    const diagnosis = new Diagnosis(KEY, tree);
    diagnosis.take(fuseOpens(0), LOG);
    diagnosis.changeTree(treesOf(withPointAt('T3', 'FB')).get('S1/F1')!);
    diagnosis.take([field.call('C11', 300)], LOG);
    diagnosis.take(fuseBack(900), LOG);
    const [fault, ...others] = diagnosis.faults(LOG);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ device: 'FA', status: 'restored', evidence: { calls: 1 }, customersAffected: 8 });
  });

  it('has out who was out: a device that is gone stands for its parent', () => {
    const rest = ['M12', 'M13', 'M15', 'M16', 'M18', 'M20', 'M21', 'M23', 'M25', 'M26', 'M27', 'M29', 'M31', 'M33'];
    const opens = [field.trip('R1', 600), ...rest.map((meter, i) => field.meterOut(meter, 601 + (i % 4) / 3))];
    const byOne = new Diagnosis(KEY, treesOf(withoutDevice('FA')).get('S1/F1')!);
    byOne.take(opens, LOG);
    const byTwo = new Diagnosis(KEY, tree);
    byTwo.take(fuseOpens(0), LOG);
    byTwo.changeTree(treesOf(withoutDevice('FA')).get('S1/F1')!);
    byTwo.take(opens, LOG);
    const recloser = byTwo.faults(LOG).find(({ device }) => device === 'R1')!;
    const alone = byOne.faults(LOG).find(({ device }) => device === 'R1')!;
    expect(recloser.customersAffected).toBe(alone.customersAffected - 8);
    expect(recloser.evidence.meter.silent).toBe(alone.evidence.meter.silent - 8);
  });

  it('finds a close, and an opening, of the device as it is now', () => {
    const diagnosis = new Diagnosis(KEY, tree);
    diagnosis.take([field.trip('R1', 0), ...fuseOpens(0)], LOG);
    diagnosis.changeTree(treesOf(withPointAt('T3', 'FB')).get('S1/F1')!);
    diagnosis.take([field.close('R1', 700)], LOG);
    expect(diagnosis.faults(LOG)).toMatchObject([{ device: 'R1', status: 'restored' }]);
  });
});
