import type { Explanation } from './explanation.js';

/** So near others count for the density around an item. */
const NEAR_MS = 8000;

/**
 * The places of an episode's items in the order in which they are tried: trips of the node itself, then by density, then by
 * reporters, then in order.
 */
export function inOrderOfSeeds(items: readonly Explanation[], node: number): readonly number[] {
  const places = items.map((_, place) => place);
  if (items.length === 1) return places;
  const density = densities(items);
  const isOwn = (place: number): number => (items[place]!.isTrip && items[place]!.node === node ? 1 : 0);
  return places.sort(
    (a, b) => isOwn(b) - isOwn(a) || density[b]! - density[a]! || items[b]!.reporters - items[a]!.reporters || a - b,
  );
}

/**
 * Around each item the sum of `w (8 s - |dT|)` over those within 8 s, in ms: whole numbers, so that the same items have the same
 * whatever they were added to. By running sums, as N neighbours would else cost N squared.
 */
export function densities(items: readonly Explanation[]): Float64Array {
  const density = new Float64Array(items.length);
  const start = items[0]!.t;
  let from = 0;
  let weight = 0;
  let moment = 0;
  for (let i = 0; i < items.length; i++) {
    const { t, reporters } = items[i]!;
    const at = t - start;
    for (; at - (items[from]!.t - start) >= NEAR_MS; from++) {
      weight -= items[from]!.reporters;
      moment -= items[from]!.reporters * (items[from]!.t - start);
    }
    density[i]! += weight * (NEAR_MS - at) + moment + NEAR_MS * reporters;
    weight += reporters;
    moment += reporters * at;
  }
  let to = items.length - 1;
  weight = 0;
  moment = 0;
  for (let i = items.length - 1; i >= 0; i--) {
    const { t, reporters } = items[i]!;
    const at = t - start;
    for (; items[to]!.t - start - at >= NEAR_MS; to--) {
      weight -= items[to]!.reporters;
      moment -= items[to]!.reporters * (items[to]!.t - start);
    }
    density[i]! += weight * (NEAR_MS + at) - moment;
    weight += reporters;
    moment += reporters * at;
  }
  return density;
}
