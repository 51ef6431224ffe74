import type { PlacedEvent } from '../../model/event.js';
import { SOURCE_NUMBERS, sourceOfNumber, type Source } from '../../model/source.js';
import { unitVector } from '../../model/sphere.js';
import type { Named } from '../../model/identity.js';
import { countOf, numberIn, renumber, type Room } from '../columns/columns.js';
import { textHash, TextTable } from '../columns/text-table.js';

/** What belongs to an identity: its latest report, or NONE. See reports/reports.ts. */
export const LATEST_REPORT = 1;

/** What of an event tells which one it is. */
type Identified = Pick<PlacedEvent, 'source' | 'kind' | 'assetId' | 'sourceEventId'>;

/** The tag of an identity is four times the number of its source, and what of these it is. */
const RESTORATION = 2;
const NO_ASSET = 1;

/** Who the events of one key are: each identity `(source, kind, assetId, sourceEventId)` has a number. */
export class Identities {
  /** To each belongs {@link LATEST_REPORT}. */
  readonly texts: TextTable;

  constructor(room: Room) {
    this.texts = new TextTable(room, 1);
  }

  /** The number of an event; made if it is new. */
  of(event: Identified): number {
    return this.texts.intern(identityTag(event), event.sourceEventId, event.assetId);
  }

  /** Looks where events are that come soon. */
  lookAhead(events: readonly PlacedEvent[]): void {
    this.texts.lookAhead(events, identityHash);
  }

  /** The event that an identity is of, by its names. */
  named(number: number): Named {
    const { texts } = this;
    const tag = texts.tag(number);
    const assetId = (tag & NO_ASSET) === 0 ? texts.second(number) : null;
    return { source: sourceOfNumber(tag >>> 2), assetId, sourceEventId: texts.text(number) };
  }
}

function identityTag({ source, kind, assetId }: Identified): number {
  return SOURCE_NUMBERS[source] * 4 + (kind === 'restoration' ? RESTORATION : 0) + (assetId === null ? NO_ASSET : 0);
}

function identityHash(event: PlacedEvent): number {
  return textHash(identityTag(event), event.sourceEventId, event.assetId);
}

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
  assetId: string | null;
  sourceEventId: string;
}

/** Values of a member, and how many of them a snapshot keeps. */
const WIDTH = 6;
const PACKED_WIDTH = 3;

/** Numbers of a member: its identity, and members of its cell that came before it. */
const LINKS = 3;
const IDENTITY = 0;
const EARLIER = 1;
const SKIP = 2;

/** {@link Members} as they stand in a snapshot: time, latitude and longitude of each, and its identity. */
export interface PackedMembers {
  readonly places: Float64Array;
  readonly identities: Int32Array;
}

/** The outage events of one key that others may link to: what linking asks of them, a row for each. */
export class Members {
  #size = 0;
  /** Time (epoch ms), latitude and longitude (degrees), and the same place as a unit vector. */
  #values: Float64Array;
  #links: Int32Array;

  constructor(
    readonly identities: Identities,
    private readonly room: Room,
  ) {
    this.#values = room.take(Float64Array, 0);
    this.#links = room.take(Int32Array, 0);
  }

  get size(): number {
    return this.#size;
  }

  /** Takes in a member. Returns its row. */
  add({ t, lat, lon, x, y, z, identity }: Omit<LinkEvent, 'wide' | 'source' | 'assetId' | 'sourceEventId'>): number {
    const row = this.#size++;
    this.#links = this.room.grown(this.#links, this.#size * LINKS);
    this.#values = this.room.grown(this.#values, this.#size * WIDTH);
    const at = row * WIDTH;
    this.#values[at] = t;
    this.#values[at + 1] = lat;
    this.#values[at + 2] = lon;
    this.#values[at + 3] = x;
    this.#values[at + 4] = y;
    this.#values[at + 5] = z;
    this.#links[row * LINKS + IDENTITY] = identity;
    return row;
  }

  t(row: number): number {
    return this.#values[row * WIDTH]!;
  }

  lat(row: number): number {
    return this.#values[row * WIDTH + 1]!;
  }

  lon(row: number): number {
    return this.#values[row * WIDTH + 2]!;
  }

  x(row: number): number {
    return this.#values[row * WIDTH + 3]!;
  }

  y(row: number): number {
    return this.#values[row * WIDTH + 4]!;
  }

  z(row: number): number {
    return this.#values[row * WIDTH + 5]!;
  }

  identity(row: number): number {
    return this.#links[row * LINKS + IDENTITY]!;
  }

  /** The member before it in its cell, by time; NONE if it is the earliest. */
  earlier(row: number): number {
    return this.#links[row * LINKS + EARLIER]!;
  }

  /** A member of its cell long before it, to get to old ones in fewer steps; NONE if there is none. */
  skip(row: number): number {
    return this.#links[row * LINKS + SKIP]!;
  }

  link(row: number, earlier: number, skip: number): void {
    this.#links[row * LINKS + EARLIER] = earlier;
    this.#links[row * LINKS + SKIP] = skip;
  }

  /** The members as they are kept in a snapshot: unit vectors are made again. */
  pack(): PackedMembers {
    const places = new Float64Array(this.#size * PACKED_WIDTH);
    for (let row = 0; row < this.#size; row++) {
      for (let i = 0; i < PACKED_WIDTH; i++) places[row * PACKED_WIDTH + i] = this.#values[row * WIDTH + i]!;
    }
    const identities = new Int32Array(this.#size);
    for (let row = 0; row < this.#size; row++) identities[row] = this.identity(row);
    return { places, identities };
  }

  /** Puts back what {@link pack} gave, where there are none yet. */
  unpack({ places, identities }: PackedMembers): void {
    const member = { t: 0, lat: 0, lon: 0, x: 0, y: 0, z: 0, identity: 0 };
    for (let row = 0; row < identities.length; row++) {
      member.t = places[row * PACKED_WIDTH]!;
      member.lat = places[row * PACKED_WIDTH + 1]!;
      member.lon = places[row * PACKED_WIDTH + 2]!;
      member.identity = identities[row]!;
      unitVector(member.lat, member.lon, member);
      this.add(member);
    }
  }

  /**
   * Forgets rows.
   * @param used by row: 1 if it is kept
   * @returns by row: its new number, or {@link NONE}
   */
  keep(used: Uint8Array): Int32Array {
    const rows = renumber(this.#size, (row) => used[row] === 1);
    this.#values = this.room.keptRows(this.#values, rows, WIDTH);
    this.#links = this.room.keptRows(this.#links, rows, LINKS);
    this.#size = countOf(rows);
    const links = this.#links;
    for (let at = 0; at < this.#size * LINKS; at += LINKS) {
      links[at + EARLIER] = numberIn(rows, links[at + EARLIER]!);
      links[at + SKIP] = numberIn(rows, links[at + SKIP]!);
    }
    return rows;
  }

  /** Marks the identities that rows are of. */
  markIdentities(used: Uint8Array): void {
    for (let row = 0; row < this.#size; row++) used[this.identity(row)] = 1;
  }

  /** Takes note of new numbers of the identities. */
  renumber(identities: Int32Array): void {
    for (let at = 0; at < this.#size * LINKS; at += LINKS) {
      this.#links[at + IDENTITY] = identities[this.#links[at + IDENTITY]!]!;
    }
  }
}
