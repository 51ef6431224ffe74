import { distanceMm } from '../../../operators/model/sphere.js';
import type { Network } from '../../../operators/network/network.js';

/** Where on earth a network lies, and whether it looks as if it lay somewhere else than its files say. */

/** What stands this far from where it should is worth a word. */
const FAR_M = 500_000;
/** What the other way round would be this much nearer looks exchanged. */
const TIMES_NEARER = 10;
/** A network that is nearer to the present one than this is not looked at twice. */
const NEAR_M = 50_000;
const EXAMPLES_SHOWN = 3;

/** The box of a network, degrees. One that lies across the date line has its west in the east: `west > east`. */
export interface Extent {
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
  /** The middle of its elements: half of them lie on either side. Those that lie astray do not move it. */
  readonly middle: Place;
}

interface Place {
  readonly lat: number;
  readonly lon: number;
}

/** The extent of whatever has a place in a network; null if nothing has. */
export function extentOf(network: Network): Extent | null {
  const places = placesOf(network);
  if (places.length === 0) return null;
  const lats = Float64Array.from(places, ([, { lat }]) => lat).sort();
  const lons = fromWest(Float64Array.from(places, ([, { lon }]) => lon).sort());
  const half = places.length >> 1;
  return {
    south: lats[0]!,
    north: lats.at(-1)!,
    west: lons[0]!,
    east: lons.at(-1)!,
    middle: { lat: lats[half]!, lon: lons[half]! },
  };
}

/** The extent as a sentence: `It lies from 31.950 N to 31.990 N and from 35.930 E to 35.980 E (4 km by 5 km).` */
export function extentText({ south, north, west, east, middle: { lat } }: Extent): string {
  const high = kmText(distanceMm(south, west, north, west) / 1000);
  // The way round the earth that it takes, not the shorter one.
  const turn = ((east - west + 360) % 360) / 360;
  const wide = kmText(4 * turn * (distanceMm(0, 0, 0, 90) / 1000) * Math.cos((lat * Math.PI) / 180));
  return (
    `It lies from ${northText(south)} to ${northText(north)} and from ${eastText(west)} to ${eastText(east)} ` +
    `(${high} by ${wide}).`
  );
}

/**
 * What looks wrong with where a network lies, each in a sentence; nothing is certain of it.
 * @param before the network that is there
 * @param after the one that would replace it
 */
export function doubtsOfPlace(before: Network, after: Network): string[] {
  const [was, will] = [extentOf(before), extentOf(after)];
  if (!will) return [];
  return [...(was ? movedDoubts(was.middle, will.middle) : []), ...strayDoubts(after, will.middle)];
}

function movedDoubts(was: Place, will: Place): string[] {
  const awayM = distanceM(was, will);
  if (awayM > NEAR_M && isNearerExchanged(will, was)) {
    return [
      `Latitude and longitude look exchanged: it lies ${kmText(awayM)} from the network that is there, and the other way ` +
        `round it would lie ${kmText(distanceM(was, exchanged(will)))} from it.`,
    ];
  }
  if (awayM <= FAR_M) return [];
  return [`It lies ${kmText(awayM)} from the network that is there, which is at ${placeText(was)}.`];
}

/** What of a network lies astray from the rest of it. */
function strayDoubts(network: Network, middle: Place): string[] {
  const nowhere: string[] = [];
  const turned: string[] = [];
  for (const [name, place] of placesOf(network)) {
    if (distanceM(place, middle) <= FAR_M) continue;
    if (place.lat === 0 && place.lon === 0) nowhere.push(name);
    else if (isNearerExchanged(place, middle)) turned.push(name);
  }
  return [
    ...(nowhere.length > 0 ? [`${counted(nowhere, 'lies', 'lie')} at 0, 0, as if nobody had known where.`] : []),
    ...(turned.length > 0
      ? [`${counted(turned, 'looks', 'look')} as if latitude and longitude were exchanged there: far from the rest.`]
      : []),
  ];
}

function isNearerExchanged(place: Place, to: Place): boolean {
  return Math.abs(place.lon) <= 90 && distanceM(exchanged(place), to) * TIMES_NEARER < distanceM(place, to);
}

function exchanged({ lat, lon }: Place): Place {
  return { lat: lon, lon: lat };
}

/** Longitudes in order from the west of the least stretch that holds all of them. */
function fromWest(sorted: Float64Array): Float64Array {
  let first = 0;
  let widest = sorted[0]! + 360 - sorted.at(-1)!;
  for (let i = 1; i < sorted.length; i++) {
    const gap = sorted[i]! - sorted[i - 1]!;
    if (gap > widest) [first, widest] = [i, gap];
  }
  if (first === 0) return sorted;
  const turned = new Float64Array(sorted.length);
  turned.set(sorted.subarray(first));
  turned.set(sorted.subarray(0, first), sorted.length - first);
  return turned;
}

/** Whatever has a place of its own, with what it is called. Sections go from one such place to another. */
function placesOf({ substations, feeders, devices, distributionPoints, customers }: Network): [string, Place][] {
  return [
    ...substations.map((one) => [`substation ${one.substationId}`, one] as [string, Place]),
    ...feeders.map((one) => [`feeder ${one.feederId}`, one] as [string, Place]),
    ...devices.map((one) => [`device ${one.deviceId}`, one] as [string, Place]),
    ...distributionPoints.map((one) => [`distribution point ${one.dpId}`, one] as [string, Place]),
    ...customers.map((one) => [`customer ${one.customerId}`, one] as [string, Place]),
  ];
}

function counted(names: readonly string[], one: string, many: string): string {
  const shown = names.slice(0, EXAMPLES_SHOWN).join(', ');
  if (names.length === 1) return `${shown} ${one}`;
  return `${names.length} elements (${shown}${names.length > EXAMPLES_SHOWN ? ', ...' : ''}) ${many}`;
}

function distanceM(a: Place, b: Place): number {
  return distanceMm(a.lat, a.lon, b.lat, b.lon) / 1000;
}

function placeText({ lat, lon }: Place): string {
  return `${northText(lat)}, ${eastText(lon)}`;
}

function northText(lat: number): string {
  return `${Math.abs(lat).toFixed(3)} ${lat < 0 ? 'S' : 'N'}`;
}

function eastText(lon: number): string {
  return `${Math.abs(lon).toFixed(3)} ${lon < 0 ? 'W' : 'E'}`;
}

function kmText(metres: number): string {
  return metres < 10_000 ? `${(metres / 1000).toFixed(1)} km` : `${Math.round(metres / 1000)} km`;
}
