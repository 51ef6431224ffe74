import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unitVector } from '../../model/sphere.js';
import { cellNumber, Cells, EVERYWHERE } from './cells.js';
import { Room } from '../columns/columns.js';
import { Extent } from './extent.js';
import { Identities, Members, type LinkEvent } from './members.js';
import { radiusOf, type Probe } from './probe.js';

const EXTENTS = 3;
const ORIGIN = { x: 0, y: 0, z: 0 };
unitVector(31, 35, ORIGIN);

/** A member as the test knows it. */
interface Known {
  readonly id: string;
  readonly t: number;
  readonly cell: number;
}

/** What an extent should hold: lists by cell, in the order in which cells came to be; those of the same time as they came. */
type Model = Map<number, Known[]>;

function insert(model: Model, known: Known): void {
  const list = model.get(known.cell) ?? [];
  model.set(known.cell, list);
  list.splice(list.findLastIndex(({ t }) => t <= known.t) + 1, 0, known);
}

const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      what: fc.constant('add' as const),
      extent: fc.nat(EXTENTS - 1),
      t: fc.nat(40),
      place: fc.nat(4),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('burst' as const),
      extent: fc.nat(EXTENTS - 1),
      t: fc.nat(40),
      place: fc.nat(4),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constantFrom('absorb' as const, 'clear' as const), extent: fc.nat(EXTENTS - 1) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('evict' as const), t: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('keep' as const) }) },
);

it('cells hold what was put there, by time, whatever merges and goes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
      const room = new Room();
      const identities = new Identities(room);
      const cells = new Cells(new Members(identities, room), room);
      const { members } = cells;
      const extents = Array.from({ length: EXTENTS }, () => new Extent(cells));
      const models = Array.from({ length: EXTENTS }, (): Model => new Map());
      let made = 0;
      const eventAt = (t: number, place: number): LinkEvent => {
        const sourceEventId = `e${made++}`;
        const lat = 31 + place / 500;
        const at = { x: 0, y: 0, z: 0 };
        unitVector(lat, 35, at);
        const names = { source: 'kaifa', assetId: made % 3 === 0 ? null : 'M', sourceEventId } as const;
        const identity = identities.of({ ...names, kind: 'outage' });
        return { t, lat, lon: 35, ...at, wide: place === 0, identity, ...names };
      };
      const add = (extent: number, t: number, place: number): void => {
        const event = eventAt(t, place);
        extents[extent]!.add(event, ORIGIN);
        const cell = event.wide ? EVERYWHERE : cellNumber(event, ORIGIN);
        insert(models[extent]!, { id: event.sourceEventId, t, cell });
      };
      const check = (): void => {
        extents.forEach((extent, i) => {
          const inCell = (cell: number): [number, string[]] => [
            cells.number(cell),
            cells.rows(cell).map((row) => identities.named(members.identity(row)).sourceEventId),
          ];
          const lists = [...extent.allCells()].map(inCell);
          const expected = [...models[i]!].sort(([a], [b]) => Number(b === EVERYWHERE) - Number(a === EVERYWHERE));
          expect(lists).toEqual(expected.map(([cell, list]) => [cell, list.map(({ id }) => id)]));
          expect(extent.size).toBe(expected.reduce((size, [, list]) => size + list.length, 0));
        });
      };
      for (const one of steps) {
        if (one.what === 'add') add(one.extent, one.t, one.place);
        if (one.what === 'burst') for (let n = 0; n < 70; n++) add(one.extent, one.t + Math.floor(n / 20), one.place);
        if (one.what === 'clear') {
          extents[one.extent]!.clear();
          models[one.extent]!.clear();
        }
        if (one.what === 'absorb') {
          const other = (one.extent + 1) % EXTENTS;
          extents[one.extent]!.absorb(extents[other]!);
          for (const list of models[other]!.values()) for (const known of list) insert(models[one.extent]!, known);
          models[other]!.clear();
        }
        if (one.what === 'evict') {
          extents.forEach((extent) => extent.evictBefore(one.t));
          for (const model of models) {
            for (const [cell, list] of model) {
              const kept = list.filter(({ t }) => t >= one.t);
              if (kept.length > 0) model.set(cell, kept);
              else model.delete(cell);
            }
          }
        }
        if (one.what === 'keep') {
          const renumbered = cells.keep(extents.flatMap((extent) => [...extent.allCells()]));
          for (const extent of extents) extent.renumber(renumbered);
        }
        check();
      }
      // Linking by time alone: the latest in the interval, of the first cell that has one.
      for (let t = 0; t <= 50; t += 5) {
        const probe: Probe = { fromT: t - 4, toT: t + 4, radius: radiusOf(500) };
        const event = { ...eventAt(t, 0), wide: true };
        extents.forEach((extent, i) => {
          const lists = [
            models[i]!.get(EVERYWHERE) ?? [],
            ...[...models[i]!].flatMap(([cell, list]) => (cell === EVERYWHERE ? [] : [list])),
          ];
          const inTime = lists.map((list) => list.findLast((one) => one.t >= probe.fromT && one.t <= probe.toT));
          expect(extent.find(event, [probe], ORIGIN)?.sourceEventId).toBe(inTime.find((one) => one !== undefined)?.id);
        });
      }
    }),
    { numRuns: 300 },
  );
});
