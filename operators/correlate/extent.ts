import type { Source } from '../event.js';
import { NONE } from './columns.js';
import type { Members } from './members.js';
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
  /** Its number among the identities of the key, and what that stands for. */
  identity: number;
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

/** Rows of members sorted by time; of the same time, in the order in which they came. */
class TimeOrder {
  readonly rows: number[] = [];
  /** The time of the last one: what is asked first, and mostly decides. It would lie in a cache line of its own. */
  #latestT = -Infinity;
  /** The last row and whose it is, most asked for: it need not be looked up, nor its text made again. */
  #lastRow = NONE;
  #lastSource: Source = 'kaifa';
  #lastId = '';

  constructor(protected readonly members: Members) {}

  get size(): number {
    return this.rows.length;
  }

  /** The position behind the last member at or before `t`. */
  after(t: number): number {
    const { rows, members } = this;
    let high = rows.length;
    // Storms arrive nearly in order: most look-ups end here.
    if (this.#latestT <= t) return high;
    let low = 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (members.t(rows[middle]!) <= t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether all of them are before `t`. */
  endsBefore(t: number): boolean {
    return this.#latestT < t;
  }

  /** Puts a row in its place. */
  insert(row: number): void {
    const { rows } = this;
    const t = this.members.t(row);
    if (this.#latestT <= t) {
      rows.push(row);
      this.#latestT = t;
    } else {
      rows.splice(this.after(t), 0, row);
    }
  }

  /** Takes all rows out. */
  clear(): void {
    this.rows.length = 0;
    this.#latestT = -Infinity;
  }

  add(event: LinkEvent): void {
    const row = this.members.add(event);
    this.insert(row);
    if (this.rows[this.rows.length - 1] !== row) return;
    this.#lastRow = row;
    this.#lastSource = event.source;
    this.#lastId = event.sourceEventId;
  }

  /** Takes out the rows of members before `t`. Returns how many. */
  evictBefore(t: number): number {
    const count = this.after(t - 1);
    if (count === this.rows.length) this.clear();
    else if (count > 0) this.rows.splice(0, count);
    return count;
  }

  /** The rows, to be renumbered in place. */
  rowsToRenumber(): number[] {
    this.#lastRow = NONE;
    return this.rows;
  }

  /** The link of an event to the member at a position. */
  link(event: LinkEvent, i: number, distanceM: number | null): Link {
    const row = this.rows[i]!;
    const dtMs = event.t - this.members.t(row);
    if (row === this.#lastRow) return { source: this.#lastSource, sourceEventId: this.#lastId, distanceM, dtMs };
    const { identities } = this.members;
    const identity = this.members.identity(row);
    const sourceEventId = identities.texts.text(identity);
    return { source: identities.source(identity), sourceEventId, distanceM, dtMs };
  }
}

/** Point members that share a cell, with the box that holds them. */
export class Cell extends TimeOrder {
  #minX = Infinity;
  #minY = Infinity;
  #minZ = Infinity;
  #maxX = -Infinity;
  #maxY = -Infinity;
  #maxZ = -Infinity;

  constructor(
    readonly number: number,
    members: Members,
  ) {
    super(members);
  }

  override insert(row: number): void {
    super.insert(row);
    this.#stretch(row);
  }

  #stretch(row: number): void {
    const { members } = this;
    const x = members.x(row);
    const y = members.y(row);
    const z = members.z(row);
    if (x < this.#minX) this.#minX = x;
    if (x > this.#maxX) this.#maxX = x;
    if (y < this.#minY) this.#minY = y;
    if (y > this.#maxY) this.#maxY = y;
    if (z < this.#minZ) this.#minZ = z;
    if (z > this.#maxZ) this.#maxZ = z;
  }

  override evictBefore(t: number): number {
    const count = super.evictBefore(t);
    if (count === 0) return 0;
    // The box stays that of its members: a state restored from a snapshot must find the very same links.
    this.#minX = this.#minY = this.#minZ = Infinity;
    this.#maxX = this.#maxY = this.#maxZ = -Infinity;
    for (const row of this.rows) this.#stretch(row);
    return count;
  }

  /** A member that links to `event` under `probe`, as a position in this cell; -1 if there is none. */
  find(event: LinkEvent, probe: Probe): number {
    if (this.endsBefore(probe.fromT)) return NONE;
    const { rows, members } = this;
    const last = this.after(probe.toT) - 1;
    if (last < 0 || members.t(rows[last]!) < probe.fromT) return NONE;
    if (event.wide) return last;
    const { radius } = probe;
    if (this.#nearest(event) > radius.surelyBeyond) return NONE;
    if (this.#farthest(event) <= radius.surelyWithin) return last;
    for (let i = last; i >= 0 && members.t(rows[i]!) >= probe.fromT; i--) {
      const chord = this.#chordSquared(event, rows[i]!);
      if (chord > radius.surelyBeyond) continue;
      if (chord <= radius.surelyWithin || this.#distanceMm(event, rows[i]!) <= radius.radiusM * 1000) return i;
    }
    return NONE;
  }

  /** The link of an event to the member at a position of this cell. */
  linkAt(event: LinkEvent, i: number): Link {
    return this.link(event, i, event.wide ? null : arcM(this.#chordSquared(event, this.rows[i]!)));
  }

  #chordSquared(event: LinkEvent, row: number): number {
    const { members } = this;
    const dx = members.x(row) - event.x;
    const dy = members.y(row) - event.y;
    const dz = members.z(row) - event.z;
    return dx * dx + dy * dy + dz * dz;
  }

  #distanceMm(event: LinkEvent, row: number): number {
    return distanceMm(this.members.lat(row), this.members.lon(row), event.lat, event.lon);
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
  /** Members of reach feeder or substation. */
  readonly wide: TimeOrder;
  readonly #cells = new Map<number, Cell>();
  #size = 0;

  constructor(private readonly members: Members) {
    this.wide = new TimeOrder(members);
  }

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
    if (event.wide) this.wide.add(event);
    else this.cell(cellNumber(event.x, event.y, event.z, origin)).add(event);
  }

  /** The cell of a number; made if there is none. */
  cell(number: number): Cell {
    let cell = this.#cells.get(number);
    if (!cell) this.#cells.set(number, (cell = new Cell(number, this.members)));
    return cell;
  }

  /** Takes over all members of another extent of the same key, which is empty then. */
  absorb(other: Extent): void {
    for (const row of other.wide.rows) this.wide.insert(row);
    for (const cell of other.#cells.values()) {
      const mine = this.#cells.get(cell.number);
      if (mine) for (const row of cell.rows) mine.insert(row);
      else this.#cells.set(cell.number, cell);
    }
    this.#size += other.#size;
    other.clear();
  }

  clear(): void {
    this.wide.clear();
    this.#cells.clear();
    this.#size = 0;
  }

  /** Counts the members again: after a snapshot was put into the cells. */
  recount(): void {
    this.#size = this.wide.size;
    for (const cell of this.#cells.values()) this.#size += cell.size;
  }

  /** Tells every member at or after `t` (epoch ms). */
  eachFrom(t: number, tell: (source: Source, sourceEventId: string) => void): void {
    const { members } = this;
    for (const list of [this.wide, ...this.#cells.values()]) {
      for (let i = list.after(t - 1); i < list.size; i++) {
        const identity = members.identity(list.rows[i]!);
        tell(members.identities.source(identity), members.identities.texts.text(identity));
      }
    }
  }

  /** Forgets members before `t` (epoch ms). */
  evictBefore(t: number): void {
    this.wide.evictBefore(t);
    for (const cell of this.#cells.values()) {
      cell.evictBefore(t);
      if (cell.size === 0) this.#cells.delete(cell.number);
    }
    this.recount();
  }

  /** The rows of all members, in lists that may be renumbered in place: they are about to be. */
  rowsToRenumber(): number[][] {
    const lists = [this.wide, ...this.#cells.values()];
    return lists.map((list) => list.rowsToRenumber());
  }

  /** A member that links to `event` under one of the probes, or null. */
  find(event: LinkEvent, probes: readonly Probe[], origin: Origin): Link | null {
    for (let i = 0; i < probes.length; i++) {
      const found = this.#findWide(event, probes[i]!) ?? this.#findPoint(event, probes[i]!, origin);
      if (found) return found;
    }
    return null;
  }

  #findWide(event: LinkEvent, probe: Probe): Link | null {
    const { wide } = this;
    if (wide.size === 0) return null;
    const last = wide.after(probe.toT) - 1;
    if (last < 0 || this.members.t(wide.rows[last]!) < probe.fromT) return null;
    return wide.link(event, last, null);
  }

  #findPoint(event: LinkEvent, probe: Probe, origin: Origin): Link | null {
    // The event's own cell first: in a storm it nearly always decides.
    const own = event.wide ? undefined : this.#cells.get(cellNumber(event.x, event.y, event.z, origin));
    if (own) {
      const i = own.find(event, probe);
      if (i >= 0) return own.linkAt(event, i);
    }
    for (const cell of this.#cells.values()) {
      if (cell === own) continue;
      const i = cell.find(event, probe);
      if (i >= 0) return cell.linkAt(event, i);
    }
    return null;
  }
}
