import { UTC } from '../model/time-zone.js';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readNetwork } from '../../pipeline/jobs/network/read.js';
import { seededRandom } from '../../simulator/random.js';
import { Field } from '../../test/kit/field.js';
import type { Key } from '../model/event.js';
import { normaliseText } from '../normalise/normalise.js';
import type { Placement } from '../place/place.js';
import { Diagnoser } from './diagnose.js';
import type { FaultRecord } from './fault-record.js';
import { treesOf } from './network-trees.js';

interface ExpectedFault {
  device: string | string[];
  onset: string;
  members: string[];
  phases?: string;
  deviceType?: string;
  minConfidence?: number;
  maxConfidence?: number;
  flags?: string[];
  steps?: number;
  momentary?: boolean;
}

interface DiagnosisCase {
  name: string;
  sentence: string;
  faults: ExpectedFault[];
}

/** An operator's word on the device that opened at a time. */
interface Word {
  command: 'confirmFault' | 'cancelFault';
  device: string;
  at: string;
  feederId: string;
}

type Entry = Placement | { readonly key: Key; readonly word: Word };

const folder = new URL('../../data/diagnosis-cases/', import.meta.url);
const network = await readNetwork(new URL('network', folder).pathname);
const field = new Field(network);
const LOG = { partition: 0, offset: 0 };
const ONSET_MS = 3000;

function entriesOf(line: string): Entry[] {
  const value = JSON.parse(line) as Partial<Word>;
  if (value.command) return [{ key: field.key(value.feederId!), word: value as Word }];
  return normaliseText('kaifa', line, { receivedAt: 0, zone: UTC }).flatMap((report) =>
    'event' in report ? field.place(report.event) : [],
  );
}

/** The faults of a log that comes in batches. */
function faultsOf(batches: readonly (readonly Entry[])[]): FaultRecord[] {
  const diagnoser = new Diagnoser(treesOf(network), { keepsAll: true });
  for (const batch of batches) {
    for (const entry of batch) {
      if ('event' in entry) continue;
      const { device, at, command } = entry.word;
      diagnoser.of(entry.key).say(device, Date.parse(at), 'word', command === 'confirmFault');
    }
    for (const feederId of new Set(batch.map(({ key }) => key.feederId))) {
      const events = batch.flatMap((entry) => ('event' in entry && entry.key.feederId === feederId ? entry.event : []));
      diagnoser.apply(field.key(feederId), events, LOG);
    }
  }
  return diagnoser.faults(LOG);
}

/** What does not hang on the order of the log. */
function unordered(faults: readonly FaultRecord[]): string[] {
  return faults.map(({ faultId: _, anchor: __, revision: ___, log: ____, ...fault }) => JSON.stringify(fault)).sort();
}

function membersOf({ members }: FaultRecord): string[] {
  return typeof members === 'number' ? [] : members.map(({ source, sourceEventId }) => `${source}/${sourceEventId}`);
}

function randomBatches(entries: readonly Entry[], seed: number): Entry[][] {
  const random = seededRandom(seed);
  const left = entries.slice();
  const batches: Entry[][] = [];
  while (left.length > 0) {
    const size = random.integer(1, 6);
    batches.push(
      Array.from({ length: Math.min(size, left.length) }, () => left.splice(random.integer(0, left.length - 1), 1)[0]!),
    );
  }
  return batches;
}

const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.ndjson'))
  .sort()
  .map((file) => ({
    lines: readFileSync(new URL(file, folder), 'utf8').trim().split('\n'),
    expected: JSON.parse(
      readFileSync(new URL(file.replace('.ndjson', '.expected.json'), folder), 'utf8'),
    ) as DiagnosisCase,
  }))
  .map((one) => ({ ...one, sentence: one.expected.sentence }));

describe('the diagnosis cases', () => {
  it('are all there', () => expect(cases).toHaveLength(39));

  it.each(cases)('$sentence', ({ lines, expected }) => {
    const entries = lines.flatMap(entriesOf);
    const faults = faultsOf([entries]);
    expect(faults.map((fault) => membersOf(fault).sort()).sort()).toEqual(
      expected.faults.map(({ members }) => members.toSorted()).sort(),
    );
    for (const wanted of expected.faults) {
      const all = wanted.members.toSorted().join();
      const fault = faults.find((one) => membersOf(one).sort().join() === all)!;
      expect([wanted.device].flat()).toContain(fault.device);
      expect(Math.abs(Date.parse(fault.onsetAt) - Date.parse(wanted.onset))).toBeLessThanOrEqual(ONSET_MS);
      if (wanted.phases) expect(fault.phases).toBe(wanted.phases);
      if (wanted.deviceType) expect(fault.deviceType).toBe(wanted.deviceType);
      expect(fault.confidence).toBeGreaterThanOrEqual(wanted.minConfidence ?? 0);
      expect(fault.confidence).toBeLessThanOrEqual(wanted.maxConfidence ?? 1);
      expect(fault.flags).toEqual(expect.arrayContaining(wanted.flags ?? []));
      if (wanted.steps) expect(fault.steps).toHaveLength(wanted.steps);
      if (wanted.momentary) expect(fault.momentary).toBe(true);
    }
    const said = unordered(faults);
    expect(unordered(faultsOf(entries.map((entry) => [entry])))).toEqual(said);
    expect(unordered(faultsOf(entries.toReversed().map((entry) => [entry])))).toEqual(said);
    for (let seed = 1; seed <= 5; seed++) expect(unordered(faultsOf(randomBatches(entries, seed)))).toEqual(said);
  });
});
