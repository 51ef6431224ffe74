/** Logs that press on one corner of the contract each, by construction. */
import type { PlacedEvent } from '../../operators/model/event.js';
import { GIVEN_RULE_SETS, type RuleSet } from '../../operators/model/rules.js';
import { EARTH_RADIUS_M } from '../../operators/model/sphere.js';
import { amend, amends } from './corner-amends.js';
import { copies } from './corner-copies.js';
import { always, command, joined, report, rules, wide, type Corner } from './corner-entries.js';
import { HERE, MINUTE, north, START } from './random-log.js';
import type { KeyLog } from './second-engine.js';

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

const east = (metres: number, lat: number): number =>
  (metres / (EARTH_RADIUS_M * Math.cos((lat * Math.PI) / 180))) * (180 / Math.PI);

/** Distances from a tenth of a millimetre below the radius to as much above it, northward, eastward and at 60 degrees. */
function radii(): Corner[] {
  const corners: Corner[] = [];
  for (const lat of [HERE.lat, 60]) {
    for (let tenths = -12; tenths <= 12; tenths++) {
      // Half a millimetre itself is left out: there the last nanometre decides, which no two libraries share
      // (docs/contract.md, 3.2).
      if (Math.abs(tenths) === 5) continue;
      const metres = 1000 + tenths / 10_000;
      const at = { lat, lon: HERE.lon };
      corners.push(
        {
          name: `${metres} m north at ${lat}`,
          at,
          log: always(
            report({ id: 'a', ...at }),
            report({ id: 'b', lat: lat + (metres / EARTH_RADIUS_M) * (180 / Math.PI), lon: at.lon }),
          ),
        },
        {
          name: `${metres} m east at ${lat}`,
          at,
          log: always(report({ id: 'a', ...at }), report({ id: 'b', lat, lon: at.lon + east(metres, lat) })),
        },
      );
    }
  }
  return corners;
}

function times(): Corner[] {
  return [-1, 0, 1].flatMap((off) => [
    { name: `30 min ${off} ms later`, log: always(report({ id: 'a' }), report({ id: 'b', ms: 30 * MINUTE + off })) },
    { name: `30 min ${off} ms earlier`, log: always(report({ id: 'a' }), report({ id: 'b', ms: -30 * MINUTE + off })) },
  ]);
}

function merges(): Corner[] {
  const three = ['a', 'b', 'c'].map((id, i) => report({ id, ms: 0, lat: north(i * 1800) }));
  const last = wide({ id: 'd', ms: 5 * MINUTE });
  return permutations(three).map((order) => ({
    name: `three outages of one time merge, ${order.map(({ sourceEventId }) => sourceEventId).join()}`,
    log: always(...order, last),
  }));
}

function restorations(): Corner[] {
  const restoration = (id: string, minute: number, of: string): PlacedEvent =>
    report({ id, kind: 'restoration', ms: minute * MINUTE, assetId: `M-${of}`, customerId: `C-${of}` });
  const entries = [
    report({ id: 'a' }),
    report({ id: 'b', ms: MINUTE, source: 'onu' }),
    restoration('r1', 4, 'a'),
    restoration('r2', 5, 'b'),
    restoration('r3', 2, 'a'),
  ];
  return permutations(entries).map((order) => ({
    name: `restorations, ${order.map(({ sourceEventId }) => sourceEventId).join()}`,
    log: always(...order),
  }));
}

/** Outages that leave the state, and what is said of them then. */
function settled(): Corner[] {
  const week = 7 * 24 * 60 * MINUTE;
  const far = (id: string, ms: number): PlacedEvent => report({ id, ms, lat: north(4900) });
  return [
    ...[-50_000, 0, 1].flatMap((off) =>
      [[], [far('looked at before', 100 * MINUTE)]].map((before) => ({
        name: `restored for 7 days and ${off} ms, ${before.length === 0 ? 'never looked at' : 'looked at'} before`,
        log: joined(
          always(
            report({ id: 'a' }),
            report({ id: 'r', kind: 'restoration', assetId: 'M-a', customerId: 'C-a', ms: MINUTE }),
            ...before,
            far('b', MINUTE + week + off),
          ),
          command('acknowledge', 'a', 8 * 24 * 60),
        ),
      })),
    ),
    {
      name: 'opened anew',
      log: joined(
        always(report({ id: 'a' }), report({ id: 'b', ms: MINUTE })),
        command('close', 'a', 10),
        always(far('c', 600 * MINUTE)),
        amend('a', [report({ id: 'a' })]),
      ),
    },
    {
      name: 'opened anew after it had merged, and another into it',
      log: joined(
        always(
          report({ id: 'first' }),
          report({ id: 'again', ms: MINUTE, lat: north(1800) }),
          report({ id: 'third', ms: 2 * MINUTE, lat: north(3600) }),
          report({ id: 'joins third', ms: 3 * MINUTE, lat: north(2700) }),
          report({ id: 'joins first', ms: 4 * MINUTE, lat: north(900) }),
        ),
        command('close', 'first', 10),
        always(far('far', 600 * MINUTE)),
        amend('again', [report({ id: 'again', ms: MINUTE, lat: north(1800) })]),
      ),
    },
  ];
}

function places(): Corner[] {
  const pair = (name: string, a: { lat: number; lon: number }, b: { lat: number; lon: number }): Corner => ({
    name,
    at: a,
    log: always(report({ id: 'a', ...a }), report({ id: 'b', ...b }), report({ id: 'c', ...a, ms: MINUTE })),
  });
  return [
    pair('across the date line', { lat: -16.8, lon: 179.9999 }, { lat: -16.8, lon: -179.9999 }),
    pair('on the date line', { lat: -16.8, lon: 180 }, { lat: -16.8, lon: -180 }),
    pair('too far across the date line', { lat: 0, lon: 179.995 }, { lat: 0, lon: -179.995 }),
    pair('across the north pole', { lat: 89.9999, lon: 0 }, { lat: 89.9999, lon: 180 }),
    pair('at the south pole', { lat: -90, lon: 12 }, { lat: -90, lon: -130 }),
    pair('on one meridian near a pole', { lat: -89.999, lon: 10 }, { lat: -89.985, lon: 10 }),
    pair('across the equator and Greenwich', { lat: 0.004, lon: -0.004 }, { lat: -0.001, lon: 0.001 }),
    {
      ...pair('where coordinates are next to nothing', { lat: 1e-310, lon: -1e-200 }, { lat: 0, lon: 1e-9 }),
      at: { lat: 0, lon: 0 },
    },
  ];
}

const own = (fields: Partial<RuleSet>): RuleSet => ({ ...GIVEN_RULE_SETS.standard, name: 'own', ...fields });

function decisions(): Corner[] {
  const a = report({ id: 'a' });
  return [
    {
      name: 'closed and reopened',
      log: joined(always(a), command('close', 'a', 20), always(report({ id: 'b', ms: 10 * MINUTE }))),
    },
    {
      name: 'a closed outage merges with an open one',
      log: joined(
        always(a, report({ id: 'b', ms: MINUTE, lat: north(1800) })),
        command('close', 'a', 20),
        always(report({ id: 'c', ms: 2 * MINUTE, lat: north(900) })),
      ),
    },
    {
      name: 'a closed outage merges with an open one, by an event that is back',
      log: joined(
        always(a, report({ id: 'b', ms: MINUTE, lat: north(1800) })),
        command('close', 'a', 20),
        always(
          report({ id: 'r', kind: 'restoration', customerId: 'C-c', ms: 3 * MINUTE }),
          report({ id: 'c', ms: 2 * MINUTE, lat: north(900) }),
        ),
      ),
    },
    {
      name: 'confirmed by somebody, and merged into one that is not',
      log: joined(
        always(
          rules(own({ weights: { scada: 0.1, kaifa: 0.1, onu: 0.1, call_center: 0.1 } }), -60),
          a,
          report({ id: 'b', ms: MINUTE, lat: north(1800) }),
        ),
        command('confirm', 'b', 3),
        always(report({ id: 'c', ms: MINUTE, lat: north(900) })),
      ),
    },
    {
      name: 'a reporter is worth the most that any rule set gave it',
      log: always(
        rules(own({ weights: { scada: 1, kaifa: 0.5, onu: 0.5, call_center: 0.1 } }), 15),
        a,
        report({ id: 'again', assetId: 'M-a', customerId: 'C-a', ms: 20 * MINUTE }),
      ),
    },
    {
      name: 'a reporter of two units is worth the most that it is for either',
      log: always(
        rules(own({ weights: { scada: 1, kaifa: 0.5, onu: 0.5, call_center: 0.1 } }), 15),
        report({ id: 'a', assetId: 'M', customerId: null }),
        report({ id: 'b', assetId: 'M', customerId: 'C', ms: 14 * MINUTE }),
        report({ id: 'c', assetId: 'M', customerId: 'D', ms: 20 * MINUTE }),
        report({ id: 'd', assetId: 'N', customerId: 'E', ms: 20 * MINUTE }),
        report({ id: 'e', assetId: 'N', customerId: null, ms: MINUTE }),
      ),
    },
    {
      name: 'cancelled takes no more',
      log: joined(always(a), command('cancel', 'a', 5), always(report({ id: 'b', ms: MINUTE }))),
    },
    {
      name: 'a command for a merged outage',
      log: joined(
        always(a, report({ id: 'b', ms: MINUTE, lat: north(1800) }), report({ id: 'c', ms: MINUTE, lat: north(900) })),
        command('acknowledge', 'b', 5),
      ),
    },
    {
      name: 'settled long ago',
      log: joined(
        always(a),
        command('close', 'a', 10),
        always(report({ id: 'b', ms: 600 * MINUTE, lat: north(4900) })),
        command('note', 'a', 600),
      ),
    },
    {
      name: 'a wide member is back while a later point of the same unit is not',
      log: always(
        wide({ id: 'w', assetId: 'B1' }),
        report({ id: 'p', source: 'scada', assetId: 'B1', customerId: null, ms: 20 * MINUTE }),
        report({ id: 'r', source: 'scada', kind: 'restoration', assetId: 'B1', customerId: null, ms: 10 * MINUTE }),
      ),
    },
    {
      name: 'two substation reports',
      log: always(wide({ id: 'w2', ms: MINUTE, reach: 'substation' }), wide({ id: 'w1', reach: 'substation' })),
    },
    {
      name: 'half as many reports of half weights',
      log: always(
        rules(own({ weights: { scada: 0.9, kaifa: 0.5, onu: 0.8, call_center: 0.1 } }), -60),
        ...Array.from({ length: 5 }, (_, i) => report({ id: `h${i}` })),
        report({ id: 'o', source: 'onu' }),
      ),
    },
    {
      name: 'suspect clocks',
      log: always(
        report({ id: 'a', occurredAt: 0, receivedAt: START }),
        report({ id: 'b', occurredAt: START + 1000 * 86_400_000, receivedAt: START + MINUTE }),
      ),
    },
    {
      name: 'late in both ways',
      log: always(
        a,
        report({ id: 'l1', receivedAt: START + 40 * MINUTE + 1 }),
        report({ id: 'n1', receivedAt: START + 40 * MINUTE }),
        report({ id: 'r', kind: 'restoration', ms: 360 * MINUTE + 1 }),
        report({ id: 'l2' }),
      ),
    },
    ...[44, 45, 46].map((minute) => ({
      name: `storm from minute ${minute}`,
      log: always(a, rules(GIVEN_RULE_SETS.storm, minute), report({ id: 'b', ms: 45 * MINUTE, lat: north(1500) })),
    })),
    {
      name: 'a longer retention brings nothing back',
      log: always(
        report({ id: 'r', kind: 'restoration', customerId: 'C', ms: 40 * MINUTE }),
        report({ id: 'swept', ms: 391 * MINUTE, lat: north(4900) }),
        report({ id: 'far', ms: 420 * MINUTE, lat: north(4900) }),
        rules(own({ retentionMs: 720 * MINUTE }), -60),
        report({ id: 'o', customerId: 'C', assetId: 'M', ms: 35 * MINUTE }),
        report({ id: 'again', kind: 'restoration', customerId: 'C', ms: 40 * MINUTE }),
      ),
    },
    {
      name: 'an event so old that all it could link to is out of reach',
      log: always(
        a,
        report({ id: 'far', ms: 420 * MINUTE, lat: north(4900) }),
        rules(own({ retentionMs: 720 * MINUTE }), -60),
        report({ id: 'b', ms: -MINUTE }),
      ),
    },
  ];
}

/** Every corner under a key of its own; feeders of one name in other substations have the same coordinates. */
export function cornerLogs(): (KeyLog & { readonly name: string })[] {
  const corners = [
    ...radii(),
    ...times(),
    ...merges(),
    ...restorations(),
    ...places(),
    ...decisions(),
    ...settled(),
    ...copies(),
    ...amends(),
  ];
  return corners.map(({ name, log, at }, i) => {
    const key = { substationId: `C${i}`, feederId: `F${i}` };
    return { name, key, entries: log(key), ...(at ? { at } : {}) };
  });
}
