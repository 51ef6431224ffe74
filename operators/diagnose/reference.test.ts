import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNetwork } from '../../pipeline/jobs/network/write.js';
import { seededRandom } from '../../simulator/random.js';
import { Diagnosis as Reference, Net } from '../../test/kit/diagnosis-reference.mjs';
import { randomFeeder, randomStorm } from '../../test/kit/diagnosis-storm.js';
import type { PlacedEvent } from '../model/event.js';
import { formatTime, isClockSuspect, timeOf } from '../model/time.js';
import type { Network } from '../network/network.js';
import { Diagnosis } from './diagnosis.js';
import { treesOf } from './network-trees.js';
import { phaseLetters } from './tree.js';

const KEY = { substationId: 'S', feederId: 'F' };
const LOG = { partition: 0, offset: 0 };

/** A fault as both say it. */
interface Said {
  readonly device: string;
  readonly phases: string;
  readonly onsetAt: string;
  readonly confidence: number;
  readonly members: readonly string[];
}

function sorted(said: readonly Said[]): Said[] {
  const text = (one: Said): string => JSON.stringify([one.onsetAt, one.members]);
  return said.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
}

function batches<T>(list: readonly T[], seed: number, most: number): T[][] {
  const random = seededRandom(seed);
  const out: T[][] = [];
  for (let at = 0; at < list.length;) {
    const size = random.integer(1, most);
    out.push(list.slice(at, at + size));
    at += size;
  }
  return out;
}

function byOperator(network: Network, events: readonly PlacedEvent[], seed: number, most: number): Said[] {
  const diagnosis = new Diagnosis(KEY, treesOf(network).get('S/F')!, { keepsAll: true });
  for (const batch of batches(events, seed, most)) diagnosis.take(batch, LOG);
  return sorted(
    diagnosis.faults(LOG).map(({ device, phases, onsetAt, confidence, members }) => ({
      device,
      phases,
      onsetAt,
      confidence,
      members: typeof members === 'number' ? [] : members.map((one) => `${one.source}/${one.sourceEventId}`).sort(),
    })),
  );
}

async function byReference(network: Network, events: readonly PlacedEvent[]): Promise<Said[]> {
  const dir = mkdtempSync(join(tmpdir(), 'oms-diagnosis-'));
  try {
    await writeNetwork(network, dir);
    const net = new Net(dir);
    const [tree] = [...net.asset.values()][0]!;
    const reference = new Reference(tree);
    const seen = new Set<string>();
    for (const event of events) {
      const asset = net.asset.get(event.assetId ?? '');
      const identity = `${event.source}/${event.sourceEventId}`;
      if (!asset || seen.has(identity)) continue;
      seen.add(identity);
      const { source, sourceEventId: id, kind } = event;
      reference.add({ source, id, kind, n: asset[1], t: timeOf(event), suspect: isClockSuspect(event) });
    }
    reference.solve();
    const { faults, group } = reference.final();
    const said = faults.map((fault) => ({
      device: reference.t.id[fault.n]!,
      phases: phaseLetters(fault.M),
      onsetAt: formatTime(fault.T),
      confidence: Math.round(fault.conf * 1e4) / 1e4,
      members: [...group]
        .filter(([, of]) => of === fault)
        .map(([identity]) => identity)
        .sort(),
    }));
    return sorted(said.filter(({ members }) => members.length > 0));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const STORMS = Number(process.env.OMS_DIAGNOSIS_SEEDS ?? 40);

describe('diagnosis and its reference', () => {
  it.each(Array.from({ length: STORMS }, (_, seed) => seed + 1))('name the same faults in storm %i', async (seed) => {
    const network = randomFeeder(seed);
    const size = { seed, faults: 3 + (seed % 5) * 6, hours: 1 + (seed % 4) };
    const events = network.customers.length === 0 ? [] : randomStorm(network, size);
    const said = await byReference(network, events);
    expect(byOperator(network, events, seed, events.length)).toEqual(said);
    expect(byOperator(network, events, seed, 125)).toEqual(said);
    expect(byOperator(network, events, seed, 5)).toEqual(said);
    expect(byOperator(network, events.toReversed(), seed, 40)).toEqual(said);
  });
});
