import type { Figure, Quantity } from './figures.js';

/** What a benchmark gave, as `bench/results` keeps it. */
export interface Result {
  readonly name: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGb: number };
  readonly node: string;
  readonly figures: readonly (Figure | Quantity)[];
}

/** By how much a figure may be worse before it is named: what machines of one class differ by themselves. */
const TOLERANCE = 0.15;

/**
 * What has become worse since a stored result, a sentence each. Costs of events are compared by their ratio to the first
 * figure of the same run, which is there for that: how fast the machine was that day makes no difference.
 * @returns null if the results are of different classes of machine, which says nothing
 */
export function worseThan(before: Result, now: Result): string[] | null {
  if (before.machine.cpu !== now.machine.cpu || before.machine.cores !== now.machine.cores) return null;
  const known = new Map(before.figures.map((figure) => [keyOf(figure), figure]));
  return now.figures.flatMap((figure) => {
    const was = known.get(keyOf(figure));
    if (was === undefined) return [];
    const [old, current] = [cost(was, before), cost(figure, now)];
    const worse = current / old - 1;
    if (!(worse > TOLERANCE)) return [];
    const what = 'unit' in figure ? figure.unit : `times ${now.figures[0]!.name}`;
    return [
      `${figure.name}: ${current.toFixed(2)} ${what}, was ${old.toFixed(2)}: ${Math.round(worse * 100)} % worse.`,
    ];
  });
}

function keyOf(figure: Figure | Quantity): string {
  return 'unit' in figure ? `${figure.name}, ${figure.unit}` : figure.name;
}

/** What a figure costs: less is better. */
function cost(figure: Figure | Quantity, { figures }: Result): number {
  if ('unit' in figure) return figure.median;
  const [reference] = figures;
  return reference && !('unit' in reference)
    ? figure.cpuMicrosPerEvent / reference.cpuMicrosPerEvent
    : figure.cpuMicrosPerEvent;
}
