import { expect, it } from 'vitest';
import { canonicalEvent } from '../../operators/model/canonical-event.js';
import { OUTAGE_FLAGS } from '../../operators/model/flags.js';
import { UTC } from '../../operators/model/time-zone.js';
import { reportsIn } from '../../operators/place/trial.js';
import { demoNetwork } from '../../simulator/network/demo.js';
import type { CanonicalEvent } from '../../simulator/storm/canonical-event.js';
import { oddStorm, plainRequest, type FieldRequest } from '../../simulator/storm/quirks.js';
import { simulateStorm } from '../../simulator/storm/storm.js';
import { OfflineRun, type Counts, type OutageWithMembers } from './offline.js';

/** A storm in the odd forms of the field gives the outages that the same storm gives in the forms of our documents. */

const network = demoNetwork({ substations: 3 });
const storm = simulateStorm(network, { seed: 11, faults: 80, hours: 4, startMs: Date.UTC(2026, 9, 4, 18) });

interface Sent {
  readonly event: CanonicalEvent;
  readonly request: FieldRequest;
}

interface Result {
  readonly outages: readonly object[];
  readonly counts: Counts;
  /** How many bodies were refused for each reason. */
  readonly refused: Readonly<Record<string, number>>;
}

/** Reads, places and correlates bodies in the order in which they come. */
function resultOf(sent: Iterable<Sent>): Result {
  const run = new OfflineRun({ network, takenInAt: 0, linesPerCommit: 100 });
  const refused = new Map<string, number>();
  for (const { event, request } of sent) {
    const reading = { receivedAt: Date.parse(event.receivedAt), zone: UTC };
    for (const report of reportsIn(request.source, request.body, reading)) {
      if ('event' in report) run.line(JSON.stringify(canonicalEvent(report.event)));
      else refused.set(report.reason, (refused.get(report.reason) ?? 0) + 1);
    }
  }
  const outages = run.finish().map(essence).sort(byText);
  return { outages, counts: run.counts, refused: Object.fromEntries([...refused].sort()) };
}

/** An outage without what hangs on ids that a sender gives, or that are made of the bytes of a body. */
function essence({ members, ...outage }: OutageWithMembers): object {
  const { outageId: _, log: __, openedBy, mergedInto, incidentId, flags, ...rest } = outage;
  // What placing and reading remark on of an event is about its form.
  const ofOutage = flags.filter((flag) => (OUTAGE_FLAGS as readonly string[]).includes(flag));
  const sources = members.map(({ source }) => source).sort();
  const ties = { isMerged: mergedInto !== null, isIncident: incidentId !== null, openedBy: openedBy.source };
  return { ...rest, ...ties, flags: ofOutage, members: sources };
}

const byText = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

const plain = resultOf(storm.events.map((event) => ({ event, request: plainRequest(event) })));

it.each([1, 2, 3])('with the oddities of seed %i', (seed) => {
  const sent = [...oddStorm(storm.events, seed)];
  const strays = new Map<string, number>();
  for (const { request } of sent) {
    if (request.refusedFor !== null) strays.set(request.refusedFor, (strays.get(request.refusedFor) ?? 0) + 1);
  }
  const odd = resultOf(sent);
  // Nothing but what means nothing is refused.
  expect(odd.refused).toEqual(Object.fromEntries([...strays].sort()));
  expect(odd.counts).toEqual(plain.counts);
  expect(odd.outages).toEqual(plain.outages);
  expect(plain.outages.length).toBeGreaterThan(20);
});
