import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseTimeZone } from '../../operators/model/time-zone.js';
import { Registry } from '../../operators/network/registry.js';
import { reportsIn, trialOf, type Trial, type Wording } from '../../operators/place/trial.js';
import { readNetwork } from '../jobs/network/read.js';
import { OfflineRun } from './offline.js';

/** What field systems really send, and what must come of it: data/field-cases, on the network in data/ieee9500. */

interface FieldCase<Expected> {
  readonly file: string;
  readonly source: Wording;
  readonly what: string;
  readonly zone?: string;
  readonly expect: Expected;
}

/** What is expected of all outages of a case: those that merged into others are none. */
interface ExpectedOutages {
  readonly outages?: number;
  readonly customersOut?: number;
  readonly status?: readonly string[];
  readonly firstDetectedAt?: readonly string[];
  readonly duplicates?: number;
}

interface FieldCases {
  readonly read: readonly FieldCase<readonly object[] | null>[];
  readonly correlate: readonly FieldCase<ExpectedOutages>[];
}

const folder = new URL('../../data/field-cases/', import.meta.url);
const cases = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as FieldCases;
const network = await readNetwork(fileURLToPath(new URL('../../data/ieee9500', import.meta.url)));
const registry = Registry.of(network);
/** When bodies came that do not say it themselves: within the lateness of all that they tell. */
const RECEIVED_AT = Date.UTC(2026, 9, 4, 18, 35);

/** What `oms read` says of a file. */
function trialsOf({ file, source, zone = 'UTC' }: FieldCase<unknown>): Trial[] {
  const reading = { receivedAt: RECEIVED_AT, zone: parseTimeZone(zone) };
  return reportsIn(source, readFileSync(new URL(file, folder)), reading).map((report) => trialOf(report, registry));
}

/** The fields of the event beside what is said of it. */
function flat(trial: Trial): object {
  return 'event' in trial ? { ...trial.event, ...trial } : trial;
}

describe('what a field system sends is read', () => {
  it.each(cases.read)('$file: $what', (one) => {
    const trials = trialsOf(one);
    // Of those of which the text alone says what must come of them: they are understood, and no byte was lost.
    if (one.expect === null) {
      expect(trials.filter((trial) => !('event' in trial))).toEqual([]);
      expect(JSON.stringify(trials)).not.toContain('\ufffd');
    } else expect(trials.map(flat)).toMatchObject(one.expect);
    expect(trials.length).toBeGreaterThan(0);
  });
});

/** The outages that come of a file, as `oms correlate` makes them of what `oms read` says. */
function outagesOf(one: FieldCase<ExpectedOutages>): Required<ExpectedOutages> {
  const run = new OfflineRun({ network, takenInAt: RECEIVED_AT });
  for (const trial of trialsOf(one)) {
    if (!('event' in trial)) throw new Error(`${one.file}: ${JSON.stringify(trial)}`);
    run.line(JSON.stringify(trial.event));
  }
  const outages = run.finish().filter(({ mergedInto }) => mergedInto === null);
  return {
    outages: outages.length,
    customersOut: outages.reduce((sum, { customersOut }) => sum + customersOut, 0),
    status: outages.map(({ status }) => status),
    firstDetectedAt: outages.map(({ firstDetectedAt }) => firstDetectedAt).sort(),
    duplicates: run.counts.duplicates,
  };
}

describe('what comes of it', () => {
  // Where the network is imported anew in between, the import has the test.
  const imported = (file: string): boolean => readFileSync(new URL(file, folder), 'utf8').includes('"move"');

  it.each(cases.correlate.filter(({ file }) => !imported(file)))('$file: $what', (one) => {
    expect(outagesOf(one)).toMatchObject(one.expect);
  });
});
