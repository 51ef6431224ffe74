import { SOURCE_NUMBERS, sourceOfNumber } from '../../model/source.js';
import { arcM, distanceMm, EARTH_RADIUS_M } from '../../model/sphere.js';
import { CellTable } from './cell-table.js';
import { NONE, numberIn, renumber, type Room } from '../columns/columns.js';
import type { LinkEvent, Members } from './members.js';
import type { Link } from '../../model/outcome.js';
import type { Probe } from './probe.js';

/**
 * Where and when the members of a key's outages are, for linking. Members are kept in cells of about 250 m, each sorted by
 * time: a cell that lies wholly within the radius, or wholly beyond it, decides for all its members at once, so the cost
 * of an event does not grow with the number of its neighbours. Only what the cell cannot decide is measured, exactly.
 *
 * Cells are cubes around unit vectors, not boxes of degrees: a chord knows no pole and no date line.
 *
 * Every outage has cells of its own. Those of all outages of a key stand in the same columns, a row of 64 bytes each: a
 * storm has a hundred thousand of them, and each event looks at another.
 */

/** Below the diagonal of a cube of this side (433 m) the smallest given radius, 500 m, links all that share a cell. */
const CELL_SIDE = 250 / EARTH_RADIUS_M;
const HALF_GRID = 512;

/** The cell of members that link wherever an event is: those of reach feeder or substation. */
export const EVERYWHERE = -1;

/** The cells' common origin: that of the first event of the key, so that cell numbers stay small. */
export interface Origin {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** The number of the cell of a unit vector. Beyond 128 km of the origin cells are shared: slower, never wrong. */
export function cellNumber({ x, y, z }: Origin, origin: Origin): number {
  return (column(x, origin.x) << 20) | (column(y, origin.y) << 10) | column(z, origin.z);
}

function column(at: number, from: number): number {
  const cell = Math.floor((at - from) / CELL_SIDE) + HALF_GRID;
  return cell < 0 ? 0 : cell >= 2 * HALF_GRID ? 2 * HALF_GRID - 1 : cell;
}

/** A row as doubles: the box around the members, and two more. */
const DOUBLES = 8;
const MIN_X = 0;
const MIN_Y = 1;
const MIN_Z = 2;
const MAX_X = 3;
const MAX_Y = 4;
const MAX_Z = 5;

/** The same row as whole numbers, of which four stand in the place of the last two doubles. */
const INTS = 16;
/** The latest member. */
const LATEST = 12;
/** The member before the run of those that came last: see {@link Members.skip}. */
const BEFORE_RUN = 13;
const RUN = 14;
/** The source of the latest member, if its id is at hand as a text. */
const SOURCE = 15;

/** What is asked less often: the number of the cell, its extent's next cell, and its earliest member. */
const ASIDE = 3;
const NUMBER = 0;
const NEXT = 1;
const EARLIEST = 2;

/** Members of a run. */
const RUN_LENGTH = 32;

/** The cells of one key. A cell is the number of its row; once it has no members it is gone. */
export class Cells {
  #size = 0;
  #extents = 0;
  /** The rows, and the same memory as doubles. */
  #ints: Int32Array;
  #doubles: Float64Array;
  #aside: Int32Array;
  /** By cell: id and asset of its latest member, which is most asked for; null, the id, if they must be looked up. */
  #latestIds: (string | null)[] = [];
  #latestAssets: (string | null)[] = [];
  readonly #table: CellTable;

  constructor(
    readonly members: Members,
    private readonly room: Room,
  ) {
    this.#ints = room.take(Int32Array, 0);
    this.#doubles = doublesOf(this.#ints);
    this.#aside = room.take(Int32Array, 0);
    this.#table = new CellTable(room);
  }

  /** A number for an extent, to which cells belong. */
  newExtent(): number {
    return this.#extents++;
  }

  /** The cell of an extent by its number, or NONE. */
  get(extent: number, number: number): number {
    return this.#table.get(extent, number);
  }

  /** Makes a cell that the extent does not have; the caller puts it into the extent's list. */
  make(extent: number, number: number): number {
    const cell = this.#size++;
    const ints = this.room.grown(this.#ints, this.#size * INTS);
    if (ints !== this.#ints) {
      this.#ints = ints;
      this.#doubles = doublesOf(ints);
    }
    this.#aside = this.room.grown(this.#aside, this.#size * ASIDE);
    this.#ints[cell * INTS + LATEST] = NONE;
    this.#aside[cell * ASIDE + NUMBER] = number;
    this.#aside[cell * ASIDE + NEXT] = NONE;
    this.#latestIds.push(null);
    this.#latestAssets.push(null);
    this.#table.put(extent, number, cell);
    return cell;
  }

  /** Gives a cell to another extent, which has none of its number; the caller puts it into that one's list. */
  move(cell: number, from: number, to: number): void {
    const number = this.number(cell);
    this.#table.remove(from, number);
    this.#table.put(to, number, cell);
    this.setNext(cell, NONE);
  }

  /** Takes a cell away; the caller takes it out of the list of the extent. */
  remove(extent: number, cell: number): void {
    this.#table.remove(extent, this.number(cell));
    this.#latestIds[cell] = null;
  }

  number(cell: number): number {
    return this.#aside[cell * ASIDE + NUMBER]!;
  }

  /** The next cell of the extent, or NONE. */
  next(cell: number): number {
    return this.#aside[cell * ASIDE + NEXT]!;
  }

  setNext(cell: number, next: number): void {
    this.#aside[cell * ASIDE + NEXT] = next;
  }

  /** Makes a member of an event, in its place in the cell. */
  add(cell: number, event: LinkEvent): void {
    const row = this.members.add(event);
    this.insert(cell, row);
    const at = cell * INTS;
    if (this.#ints[at + LATEST] !== row) return;
    this.#ints[at + SOURCE] = SOURCE_NUMBERS[event.source];
    this.#latestIds[cell] = event.sourceEventId;
    this.#latestAssets[cell] = event.assetId;
  }

  /** Puts a member in its place in the cell: behind those of the same time or before. */
  insert(cell: number, row: number): void {
    const { members } = this;
    const ints = this.#ints;
    const at = cell * INTS;
    const latest = ints[at + LATEST]!;
    if (latest === NONE) this.#begin(cell, row);
    else if (members.t(latest) <= members.t(row)) this.#append(cell, row);
    else this.#insertBefore(cell, latest, row);
    this.#stretch(cell, row);
  }

  #begin(cell: number, row: number): void {
    const at = cell * INTS;
    this.members.link(row, NONE, NONE);
    this.#ints[at + LATEST] = row;
    this.#ints[at + BEFORE_RUN] = NONE;
    this.#ints[at + RUN] = 1;
    this.#aside[cell * ASIDE + EARLIEST] = row;
    this.#openBox(cell);
  }

  #append(cell: number, row: number): void {
    const ints = this.#ints;
    const at = cell * INTS;
    const latest = ints[at + LATEST]!;
    if (ints[at + RUN]! === RUN_LENGTH) {
      ints[at + RUN] = 0;
      ints[at + BEFORE_RUN] = latest;
    }
    ints[at + RUN]!++;
    this.members.link(row, latest, ints[at + BEFORE_RUN]!);
    ints[at + LATEST] = row;
    this.#latestIds[cell] = null;
  }

  #insertBefore(cell: number, latest: number, row: number): void {
    const { members } = this;
    const later = this.#lastAfter(latest, members.t(row));
    const earlier = members.earlier(later);
    members.link(row, earlier, earlier === NONE ? NONE : members.skip(earlier));
    members.link(later, row, members.skip(later));
    if (earlier === NONE) this.#aside[cell * ASIDE + EARLIEST] = row;
  }

  /** From a member after `t`, the earliest one that still is. */
  #lastAfter(row: number, t: number): number {
    let last = row;
    for (let next = row; next !== NONE; next = this.#towards(last, t)) last = next;
    return last;
  }

  /** From a member after `t`, one that is nearer to it and still after it; NONE if the next one is not. */
  #towards(row: number, t: number): number {
    const { members } = this;
    const skip = members.skip(row);
    if (skip !== NONE && members.t(skip) > t) return skip;
    const earlier = members.earlier(row);
    return earlier !== NONE && members.t(earlier) > t ? earlier : NONE;
  }

  #openBox(cell: number): void {
    const at = cell * DOUBLES;
    this.#doubles.fill(Infinity, at + MIN_X, at + MAX_X);
    this.#doubles.fill(-Infinity, at + MAX_X, at + MAX_Z + 1);
  }

  #stretch(cell: number, row: number): void {
    const box = this.#doubles;
    const at = cell * DOUBLES;
    const x = this.members.x(row);
    const y = this.members.y(row);
    const z = this.members.z(row);
    if (x < box[at + MIN_X]!) box[at + MIN_X] = x;
    if (x > box[at + MAX_X]!) box[at + MAX_X] = x;
    if (y < box[at + MIN_Y]!) box[at + MIN_Y] = y;
    if (y > box[at + MAX_Y]!) box[at + MAX_Y] = y;
    if (z < box[at + MIN_Z]!) box[at + MIN_Z] = z;
    if (z > box[at + MAX_Z]!) box[at + MAX_Z] = z;
  }

  /** The latest member of a cell. */
  latest(cell: number): number {
    return this.#ints[cell * INTS + LATEST]!;
  }

  /** The members of a cell by time, the earliest first. */
  rows(cell: number): number[] {
    const rows: number[] = [];
    for (let row = this.latest(cell); row !== NONE; row = this.members.earlier(row)) rows.push(row);
    return rows.reverse();
  }

  /**
   * Takes out the members before `t` (epoch ms).
   * @returns how many there were
   */
  evictBefore(cell: number, t: number): number {
    const { members } = this;
    if (members.t(this.#aside[cell * ASIDE + EARLIEST]!) >= t) return 0;
    const kept = this.rows(cell);
    const evicted = kept.splice(0, kept.findLastIndex((row) => members.t(row) < t) + 1).length;
    // The box stays that of its members: a state restored from a snapshot must find the very same links.
    const id = this.#latestIds[cell]!;
    this.#ints[cell * INTS + LATEST] = NONE;
    for (const row of kept) this.insert(cell, row);
    this.#latestIds[cell] = id;
    return evicted;
  }

  /** A member of a cell that links to `event` under `probe`; NONE if there is none. */
  find(cell: number, event: LinkEvent, probe: Probe): number {
    const { members } = this;
    const { radius } = probe;
    // The box first: it is in the row at hand, the time is not.
    if (!event.wide && this.#nearest(cell, event) > radius.surelyBeyond) return NONE;
    let row = this.findAnywhere(cell, probe);
    if (row === NONE || event.wide) return row;
    if (this.#farthest(cell, event) <= radius.surelyWithin) return row;
    for (; row !== NONE && members.t(row) >= probe.fromT; row = members.earlier(row)) {
      const chord = this.#chordSquared(event, row);
      if (chord > radius.surelyBeyond) continue;
      if (chord <= radius.surelyWithin || this.#distanceMm(event, row) <= radius.radiusM * 1000) return row;
    }
    return NONE;
  }

  /** The latest member of a cell in the times of `probe`, wherever it is; NONE if there is none. */
  findAnywhere(cell: number, { fromT, toT }: Probe): number {
    const { members } = this;
    const latest = this.latest(cell);
    // Storms arrive nearly in order: mostly the latest it is.
    const row = members.t(latest) <= toT ? latest : members.earlier(this.#lastAfter(latest, toT));
    return row !== NONE && members.t(row) >= fromT ? row : NONE;
  }

  /** How far an event is from a member (metres). */
  distanceM(event: LinkEvent, row: number): number {
    return arcM(this.#chordSquared(event, row));
  }

  /** The link of an event to a member of a cell. */
  link(cell: number, row: number, event: LinkEvent, distanceM: number | null): Link {
    const { members } = this;
    const dtMs = event.t - members.t(row);
    const id = row === this.latest(cell) ? this.#latestIds[cell]! : null;
    if (id === null) return { ...members.identities.named(members.identity(row)), distanceM, dtMs };
    const source = sourceOfNumber(this.#ints[cell * INTS + SOURCE]!);
    return { source, assetId: this.#latestAssets[cell]!, sourceEventId: id, distanceM, dtMs };
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

  /** Square of the shortest chord from the event to the box of a cell. */
  #nearest(cell: number, { x, y, z }: LinkEvent): number {
    const box = this.#doubles;
    const at = cell * DOUBLES;
    const dx = outside(x, box[at + MIN_X]!, box[at + MAX_X]!);
    const dy = outside(y, box[at + MIN_Y]!, box[at + MAX_Y]!);
    const dz = outside(z, box[at + MIN_Z]!, box[at + MAX_Z]!);
    return dx * dx + dy * dy + dz * dz;
  }

  /** Square of the longest chord from the event to the box of a cell. */
  #farthest(cell: number, { x, y, z }: LinkEvent): number {
    const box = this.#doubles;
    const at = cell * DOUBLES;
    const dx = Math.max(x - box[at + MIN_X]!, box[at + MAX_X]! - x);
    const dy = Math.max(y - box[at + MIN_Y]!, box[at + MAX_Y]! - y);
    const dz = Math.max(z - box[at + MIN_Z]!, box[at + MAX_Z]! - z);
    return dx * dx + dy * dy + dz * dz;
  }

  /**
   * Forgets cells and members that are gone.
   * @param cells what is in use
   * @returns by cell: its new number
   */
  keep(cells: readonly number[]): Int32Array {
    const { members } = this;
    const usedCells = new Uint8Array(this.#size);
    const usedRows = new Uint8Array(members.size);
    for (const cell of cells) {
      usedCells[cell] = 1;
      for (let row = this.latest(cell); row !== NONE; row = members.earlier(row)) usedRows[row] = 1;
    }
    const rows = members.keep(usedRows);
    const renumbered = renumber(this.#size, (cell) => usedCells[cell] === 1);
    this.#latestIds = this.#latestIds.filter((_, cell) => usedCells[cell] === 1);
    this.#latestAssets = this.#latestAssets.filter((_, cell) => usedCells[cell] === 1);
    this.#size = cells.length;
    this.#ints = this.room.keptRows(this.#ints, renumbered, INTS);
    this.#doubles = doublesOf(this.#ints);
    this.#aside = this.room.keptRows(this.#aside, renumbered, ASIDE);
    for (let cell = 0; cell < this.#size; cell++) {
      for (const at of [cell * INTS + LATEST, cell * INTS + BEFORE_RUN])
        this.#ints[at] = numberIn(rows, this.#ints[at]!);
      const at = cell * ASIDE;
      this.#aside[at + EARLIEST] = numberIn(rows, this.#aside[at + EARLIEST]!);
      this.#aside[at + NEXT] = numberIn(renumbered, this.#aside[at + NEXT]!);
    }
    this.#table.renumber(renumbered);
    return renumbered;
  }
}

function doublesOf(ints: Int32Array): Float64Array {
  return new Float64Array(ints.buffer, ints.byteOffset, ints.length / 2);
}

function outside(x: number, min: number, max: number): number {
  return x < min ? min - x : x > max ? x - max : 0;
}
