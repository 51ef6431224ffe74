import type { Source } from '../event.js';
import type { Link } from './outcome.js';
import { arcM, chordSquared, distanceMm, EARTH_RADIUS_M } from '../sphere.js';

/**
 * Where and when the members of one outage are, for linking. Members are kept in cells of about 250 m, each sorted by
 * time: a cell that lies wholly within the radius, or wholly beyond it, decides for all its members at once, so the cost
 * of an event does not grow with the number of its neighbours. Only what the cell cannot decide is measured, exactly.
 *
 * Cells are cubes around unit vectors, not boxes of degrees: a chord knows no pole and no date line.
 */

/** Below the diagonal of a cube of this side (433 m) the smallest given radius, 500 m, links all that share a cell. */
const CELL_SIDE = 250 / EARTH_RADIUS_M;
const HALF_GRID = 512;

/** Chords are exact to a nanometre here; within this band of the radius the contract's own formula decides. */
const BAND_M = 0.001;

/** An outage event as linking sees it: `t` in epoch ms, degrees, and the same place as a unit vector. */
export interface LinkEvent {
  t: number;
  lat: number;
  lon: number;
  x: number;
  y: number;
  z: number;
  /** Reach feeder or substation: space does not matter. */
  wide: boolean;
  source: Source;
  sourceEventId: string;
}

/** Times (closed interval, epoch ms) at which a member links, and the radius that holds there. */
export interface Probe {
  fromT: number;
  toT: number;
  radius: Radius;
}

/** A radius with what the index needs of it. */
export interface Radius {
  readonly radiusM: number;
  readonly surelyWithin: number;
  readonly surelyBeyond: number;
}

/** Prepares a radius (metres) for {@link Probe}. */
export function radiusOf(radiusM: number): Radius {
  return {
    radiusM,
    surelyWithin: chordSquared(radiusM - BAND_M),
    surelyBeyond: chordSquared(radiusM + BAND_M),
  };
}

/** The cells' common origin: that of the first event of the key, so that cell numbers stay small. */
export interface Origin {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** The number of the cell of a unit vector. Beyond 128 km of the origin cells are shared: slower, never wrong. */
function cellNumber(x: number, y: number, z: number, origin: Origin): number {
  const column = (at: number, from: number): number => {
    const cell = Math.floor((at - from) / CELL_SIDE) + HALF_GRID;
    return cell < 0 ? 0 : cell >= 2 * HALF_GRID ? 2 * HALF_GRID - 1 : cell;
  };
  return (column(x, origin.x) << 20) | (column(y, origin.y) << 10) | column(z, origin.z);
}

/** Members sorted by time, as columns. */
class Column {
  readonly t: number[] = [];
  readonly source: Source[] = [];
  readonly sourceEventId: string[] = [];

  /** The position behind the last member at or before `t`. */
  after(t: number): number {
    const times = this.t;
    let high = times.length;
    // Storms arrive nearly in order: most look-ups end here.
    if (high === 0 || times[high - 1]! <= t) return high;
    let low = 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (times[middle]! <= t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  get size(): number {
    return this.t.length;
  }
}

/** Members of reach feeder or substation. */
class WideColumn extends Column {
  add(t: number, source: Source, sourceEventId: string): void {
    const at = this.after(t);
    this.t.splice(at, 0, t);
    this.source.splice(at, 0, source);
    this.sourceEventId.splice(at, 0, sourceEventId);
  }

  evictBefore(t: number): void {
    const count = this.after(t - 1);
    this.t.splice(0, count);
    this.source.splice(0, count);
    this.sourceEventId.splice(0, count);
  }
}

/** Point members that share a cell, with the box that holds them. */
export class Cell extends Column {
  readonly lat: number[] = [];
  readonly lon: number[] = [];
  readonly x: number[] = [];
  readonly y: number[] = [];
  readonly z: number[] = [];
  #minX = Infinity;
  #minY = Infinity;
  #minZ = Infinity;
  #maxX = -Infinity;
  #maxY = -Infinity;
  #maxZ = -Infinity;

  constructor(readonly number: number) {
    super();
  }

  add({ t, source, sourceEventId, lat, lon, x, y, z }: Omit<LinkEvent, 'wide'>): void {
    const at = this.after(t);
    if (at === this.t.length) {
      this.t.push(t);
      this.source.push(source);
      this.sourceEventId.push(sourceEventId);
      this.lat.push(lat);
      this.lon.push(lon);
      this.x.push(x);
      this.y.push(y);
      this.z.push(z);
    } else {
      this.t.splice(at, 0, t);
      this.source.splice(at, 0, source);
      this.sourceEventId.splice(at, 0, sourceEventId);
      this.lat.splice(at, 0, lat);
      this.lon.splice(at, 0, lon);
      this.x.splice(at, 0, x);
      this.y.splice(at, 0, y);
      this.z.splice(at, 0, z);
    }
    this.#stretch(x, y, z);
  }

  #stretch(x: number, y: number, z: number): void {
    if (x < this.#minX) this.#minX = x;
    if (x > this.#maxX) this.#maxX = x;
    if (y < this.#minY) this.#minY = y;
    if (y > this.#maxY) this.#maxY = y;
    if (z < this.#minZ) this.#minZ = z;
    if (z > this.#maxZ) this.#maxZ = z;
  }

  absorb(other: Cell): void {
    for (let i = 0; i < other.t.length; i++) {
      this.add({
        t: other.t[i]!,
        source: other.source[i]!,
        sourceEventId: other.sourceEventId[i]!,
        lat: other.lat[i]!,
        lon: other.lon[i]!,
        x: other.x[i]!,
        y: other.y[i]!,
        z: other.z[i]!,
      });
    }
  }

  evictBefore(t: number): void {
    const count = this.after(t - 1);
    if (count === 0) return;
    for (const column of [this.t, this.lat, this.lon, this.x, this.y, this.z]) column.splice(0, count);
    this.source.splice(0, count);
    this.sourceEventId.splice(0, count);
    // The box stays that of its members: a state restored from a snapshot must find the very same links.
    this.#minX = this.#minY = this.#minZ = Infinity;
    this.#maxX = this.#maxY = this.#maxZ = -Infinity;
    for (let i = 0; i < this.t.length; i++) this.#stretch(this.x[i]!, this.y[i]!, this.z[i]!);
  }

  /** A member that links to `event` under `probe`, as a position in this cell; -1 if there is none. */
  find(event: LinkEvent, probe: Probe): number {
    const last = this.after(probe.toT) - 1;
    if (last < 0 || this.t[last]! < probe.fromT) return -1;
    if (event.wide) return last;
    const { radius } = probe;
    if (this.#nearest(event) > radius.surelyBeyond) return -1;
    if (this.#farthest(event) <= radius.surelyWithin) return last;
    for (let i = last; i >= 0 && this.t[i]! >= probe.fromT; i--) {
      const chord = this.#chordSquared(event, i);
      if (chord > radius.surelyBeyond) continue;
      if (chord <= radius.surelyWithin || this.#distanceMm(event, i) <= radius.radiusM * 1000) return i;
    }
    return -1;
  }

  /** The link of an event to the member at a position of this cell. */
  link(event: LinkEvent, i: number): Link {
    return {
      source: this.source[i]!,
      sourceEventId: this.sourceEventId[i]!,
      distanceM: event.wide ? null : arcM(this.#chordSquared(event, i)),
      dtMs: event.t - this.t[i]!,
    };
  }

  #chordSquared(event: LinkEvent, i: number): number {
    const dx = this.x[i]! - event.x;
    const dy = this.y[i]! - event.y;
    const dz = this.z[i]! - event.z;
    return dx * dx + dy * dy + dz * dz;
  }

  #distanceMm(event: LinkEvent, i: number): number {
    return distanceMm(this.lat[i]!, this.lon[i]!, event.lat, event.lon);
  }

  /** Square of the shortest chord from the event to the box of this cell. */
  #nearest({ x, y, z }: LinkEvent): number {
    const dx = x < this.#minX ? this.#minX - x : x > this.#maxX ? x - this.#maxX : 0;
    const dy = y < this.#minY ? this.#minY - y : y > this.#maxY ? y - this.#maxY : 0;
    const dz = z < this.#minZ ? this.#minZ - z : z > this.#maxZ ? z - this.#maxZ : 0;
    return dx * dx + dy * dy + dz * dz;
  }

  /** Square of the longest chord from the event to the box of this cell. */
  #farthest({ x, y, z }: LinkEvent): number {
    const dx = Math.max(x - this.#minX, this.#maxX - x);
    const dy = Math.max(y - this.#minY, this.#maxY - y);
    const dz = Math.max(z - this.#minZ, this.#maxZ - z);
    return dx * dx + dy * dy + dz * dz;
  }
}

/** All indexed members of one outage. */
export class Extent {
  readonly wide = new WideColumn();
  readonly #cells = new Map<number, Cell>();
  #size = 0;

  /** Indexed members. */
  get size(): number {
    return this.#size;
  }

  /** The cells, in the order in which they came to be. */
  get cells(): IterableIterator<Cell> {
    return this.#cells.values();
  }

  add(event: LinkEvent, origin: Origin): void {
    this.#size++;
    if (event.wide) {
      this.wide.add(event.t, event.source, event.sourceEventId);
      return;
    }
    this.#cell(cellNumber(event.x, event.y, event.z, origin)).add(event);
  }

  #cell(number: number): Cell {
    let cell = this.#cells.get(number);
    if (!cell) this.#cells.set(number, (cell = new Cell(number)));
    return cell;
  }

  /** Takes in all members of another extent of the same key. */
  absorb(other: Extent): void {
    this.#size += other.#size;
    const { t, source, sourceEventId } = other.wide;
    for (let i = 0; i < t.length; i++) this.wide.add(t[i]!, source[i]!, sourceEventId[i]!);
    for (const cell of other.#cells.values()) {
      const mine = this.#cells.get(cell.number);
      if (mine) mine.absorb(cell);
      else this.#cells.set(cell.number, cell);
    }
  }

  /** Puts back the cells of a snapshot; the wide members are there already. */
  restore(cells: readonly Cell[]): void {
    for (const cell of cells) this.#cells.set(cell.number, cell);
    this.#size = cells.reduce((size, cell) => size + cell.size, this.wide.size);
  }

  /** Tells every member at or after `t` (epoch ms). */
  eachFrom(t: number, tell: (source: Source, sourceEventId: string) => void): void {
    for (const column of [this.wide, ...this.#cells.values()]) {
      for (let i = column.after(t - 1); i < column.size; i++) tell(column.source[i]!, column.sourceEventId[i]!);
    }
  }

  /** Forgets members before `t` (epoch ms). */
  evictBefore(t: number): void {
    this.wide.evictBefore(t);
    this.#size = this.wide.size;
    for (const cell of this.#cells.values()) {
      cell.evictBefore(t);
      if (cell.size === 0) this.#cells.delete(cell.number);
      this.#size += cell.size;
    }
  }

  /** A member that links to `event` under one of the probes, or null. */
  find(event: LinkEvent, probes: readonly Probe[], origin: Origin): Link | null {
    for (const probe of probes) {
      const found = this.#findWide(event, probe) ?? this.#findPoint(event, probe, origin);
      if (found) return found;
    }
    return null;
  }

  #findWide(event: LinkEvent, probe: Probe): Link | null {
    const { wide } = this;
    if (wide.size === 0) return null;
    const last = wide.after(probe.toT) - 1;
    if (last < 0 || wide.t[last]! < probe.fromT) return null;
    return {
      source: wide.source[last]!,
      sourceEventId: wide.sourceEventId[last]!,
      distanceM: null,
      dtMs: event.t - wide.t[last]!,
    };
  }

  #findPoint(event: LinkEvent, probe: Probe, origin: Origin): Link | null {
    // The event's own cell first: in a storm it nearly always decides.
    const own = event.wide ? undefined : this.#cells.get(cellNumber(event.x, event.y, event.z, origin));
    if (own) {
      const i = own.find(event, probe);
      if (i >= 0) return own.link(event, i);
    }
    for (const cell of this.#cells.values()) {
      if (cell === own) continue;
      const i = cell.find(event, probe);
      if (i >= 0) return cell.link(event, i);
    }
    return null;
  }
}
