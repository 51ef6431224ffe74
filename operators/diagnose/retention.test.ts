import { describe, expect, it } from 'vitest';
import { randomFeeder, randomStorm, START } from '../../test/kit/diagnosis-storm.js';
import { Field } from '../../test/kit/field.js';
import { Diagnosis } from './diagnosis.js';
import type { FaultRecord } from './fault-record.js';
import { treesOf } from './network-trees.js';

const KEY = { substationId: 'S', feederId: 'F' };
const LOG = { partition: 0, offset: 0 };
const HOUR_MS = 3_600_000;
const BATCH = 50;

/** What a fault says, whatever its id is made of. */
function said({ faultId: _, anchor: __, revision: ___, log: ____, ...fault }: FaultRecord): object {
  return fault;
}

describe('what is forgotten', () => {
  it.each([3, 5, 8])('changes nothing of the last six hours: storm %i', (seed) => {
    const network = randomFeeder(seed);
    const tree = treesOf(network).get('S/F')!;
    const events = randomStorm(network, { seed, faults: 60, hours: 48 });
    const all = new Diagnosis(KEY, tree, { keepsAll: true });
    const some = new Diagnosis(KEY, tree);
    for (let at = 0; at < events.length; at += BATCH) {
      all.take(events.slice(at, at + BATCH), LOG);
      some.take(events.slice(at, at + BATCH), LOG);
    }
    const horizon = some.watermark - 6 * HOUR_MS;
    const recent = (diagnosis: Diagnosis): object[] =>
      diagnosis
        .faults(LOG)
        .filter(({ onsetAt }) => Date.parse(onsetAt) >= horizon)
        .map(said);
    expect(recent(some)).toEqual(recent(all));
    expect(recent(all).length).toBeGreaterThan(0);
    expect(some.faults(LOG).length).toBeLessThan(all.faults(LOG).length);
  });

  it('is no fault that is open: it keeps its reporters, and is restored days later', () => {
    const network = randomFeeder(3);
    const field = new Field(network);
    const diagnosis = new Diagnosis(KEY, treesOf(network).get('S/F')!);
    const dpId = network.distributionPoints.find(
      (point) => network.customers.filter((one) => one.dpId === point.dpId && one.meterId).length >= 4,
    )!.dpId;
    const meters = network.customers.flatMap((one) => (one.dpId === dpId && one.meterId ? [one.meterId] : []));
    diagnosis.take(
      meters.map((meter, i) => field.meterOut(meter, i / 4)),
      LOG,
    );
    const [opened] = diagnosis.faults(LOG);
    const elsewhere = network.customers.find((one) => one.dpId !== dpId && one.meterId)!.meterId!;
    for (let hour = 1; hour < 40; hour++) diagnosis.take([field.meterOut(elsewhere, hour * 3600)], LOG);
    diagnosis.take(
      meters.map((meter, i) => field.meterBack(meter, 40 * 3600 + 5 * i)),
      LOG,
    );
    const restored = diagnosis.faults(LOG).find(({ faultId }) => faultId === opened!.faultId)!;
    expect(restored).toMatchObject({ status: 'restored', members: opened!.members });
    // Lone reports of somebody else are over six hours later.
    expect(diagnosis.faults(LOG).length).toBeLessThan(20);
  });

  it('is told again in vain: an event older than six hours is late', () => {
    const network = randomFeeder(3);
    const field = new Field(network);
    const diagnosis = new Diagnosis(KEY, treesOf(network).get('S/F')!);
    const [one, other] = network.customers.flatMap(({ meterId }) => meterId ?? []);
    diagnosis.take([field.meterOut(one!, 7 * 3600)], LOG);
    expect(diagnosis.take([field.meterOut(other!, 0)], LOG)).toMatchObject({ faults: [], late: 1 });
    expect(diagnosis.watermark).toBe(START + 7 * HOUR_MS);
  });
});
