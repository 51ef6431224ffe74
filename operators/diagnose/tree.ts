import type { Customer, Device, DistributionPoint } from '../network/network.js';
import { WITH_POLES, type NodeKind } from './terms.js';

/** The phases by their numbers, which are the bits of a set of phases: X is what is not known to be one of the three. */
export const PHASES = ['A', 'B', 'C', 'X'] as const;
const X = 3;

/** Counts of a node: meters, ONUs and customers below it, each by phase. */
export const COUNTS = 12;
export const METERS = 0;
export const ONUS = 4;
export const CUSTOMERS = 8;

/** What a tree is made of: the elements of one feeder, in the order in which they are registered. */
export interface TreeElements {
  readonly feederId: string;
  readonly devices: readonly Pick<Device, 'deviceId' | 'type' | 'upstreamDeviceId' | 'phases' | 'normallyOpen'>[];
  readonly transformers: readonly Pick<DistributionPoint, 'dpId' | 'deviceId' | 'phases' | 'lat' | 'lon'>[];
  readonly customers: readonly Pick<Customer, 'customerId' | 'dpId' | 'meterId' | 'onuId'>[];
}

/**
 * The device tree of a feeder: `source` (its supply), the devices that are not normally open, transformers, customers. Nodes
 * are numbers: devices, transformers and customers, each as registered, and the source last. What has no known parent hangs
 * on the source, so a feeder without device data is its source and its transformers. Nothing of it changes.
 */
export class DeviceTree {
  readonly feederId: string;
  /** Nodes, the source among them. */
  readonly size: number;
  readonly source: number;
  readonly ids: readonly string[];
  readonly kinds: readonly NodeKind[];
  /** The parent of each node; -1 above the source. */
  readonly up: Int32Array;
  /** The topmost node that has the same customers as each. */
  readonly top: Int32Array;
  /** How many nodes stand above each. */
  readonly depth: Int32Array;
  readonly deepest: number;
  /** The phase of each node by its number in {@link PHASES}. */
  readonly phase: Uint8Array;
  /** Which phases have customers below a node, as bits. */
  readonly phases: Uint8Array;
  /** {@link COUNTS} for each node. */
  readonly counts: Int32Array;
  /** Customers stand in a row, those below one node side by side: from its first place to before its end. */
  readonly first: Int32Array;
  readonly end: Int32Array;
  /** The customer at each place of the row. */
  readonly customerAt: Int32Array;
  readonly hasMeter: Uint8Array;
  readonly hasOnu: Uint8Array;
  readonly #kidsFrom: Int32Array;
  readonly #kids: Int32Array;
  readonly #switched = new Map<string, number>();
  readonly #customers = new Map<string, number>();
  readonly #meterIds: (string | null)[] = [];
  readonly #lat: Float64Array;
  readonly #lon: Float64Array;
  readonly #near = new Map<number, readonly number[]>();

  constructor({ feederId, devices, transformers, customers }: TreeElements) {
    const closed = devices.filter(({ normallyOpen }) => !normallyOpen);
    const points = new Map(transformers.map(({ dpId }, i) => [dpId, closed.length + i]));
    const served = customers.filter(({ dpId }) => points.has(dpId));
    this.feederId = feederId;
    this.source = closed.length + transformers.length + served.length;
    this.size = this.source + 1;
    const ids: string[] = [];
    const kinds: NodeKind[] = [];
    this.phase = new Uint8Array(this.size).fill(X);
    this.up = new Int32Array(this.size).fill(this.source);
    this.counts = new Int32Array(this.size * COUNTS);
    this.hasMeter = new Uint8Array(this.size);
    this.hasOnu = new Uint8Array(this.size);
    this.#lat = new Float64Array(this.size);
    this.#lon = new Float64Array(this.size);
    const add = (id: string, kind: NodeKind, phase: number): number => {
      this.phase[ids.length] = phase;
      kinds.push(kind);
      return ids.push(id) - 1;
    };
    for (const { deviceId, type, phases } of closed) this.#switched.set(deviceId, add(deviceId, type, phaseOf(phases)));
    closed.forEach(({ upstreamDeviceId }, node) => {
      this.up[node] = (upstreamDeviceId === null ? undefined : this.#switched.get(upstreamDeviceId)) ?? this.source;
    });
    this.#openLoops(closed.length);
    const devicesOnly = new Map(this.#switched);
    for (const { dpId, deviceId, phases, lat, lon } of transformers) {
      const node = add(dpId, 'transformer', phaseOf(phases));
      this.up[node] = (deviceId === null ? undefined : devicesOnly.get(deviceId)) ?? this.source;
      this.#lat[node] = lat;
      this.#lon[node] = lon;
      if (!this.#switched.has(dpId)) this.#switched.set(dpId, node);
    }
    for (const { customerId, dpId, meterId, onuId } of served) {
      const point = points.get(dpId)!;
      const phase = this.phase[point]!;
      const node = add(customerId, 'customer', phase);
      this.up[node] = point;
      this.#customers.set(customerId, node);
      this.#meterIds[node] = meterId;
      this.hasMeter[node] = meterId === null ? 0 : 1;
      this.hasOnu[node] = onuId === null ? 0 : 1;
      const at = node * COUNTS + phase;
      this.counts[at + METERS] = this.hasMeter[node]!;
      this.counts[at + ONUS] = this.hasOnu[node]!;
      this.counts[at + CUSTOMERS] = 1;
    }
    this.ids = ids;
    this.kinds = kinds;
    add(`FEEDER:${feederId}`, 'source', X);
    this.up[this.source] = -1;

    this.#kidsFrom = new Int32Array(this.size + 1);
    this.#kids = new Int32Array(this.size);
    this.depth = new Int32Array(this.size);
    this.top = new Int32Array(this.size);
    this.first = new Int32Array(this.size);
    this.end = new Int32Array(this.size);
    this.phases = new Uint8Array(this.size);
    this.customerAt = new Int32Array(served.length);
    this.#gatherKids();
    this.deepest = this.#lineUp();
  }

  /** Devices that stand above each other in a circle: the first of them hangs on the source. */
  #openLoops(devices: number): void {
    for (let node = 0; node < devices; node++) {
      let above = this.up[node]!;
      for (let steps = 0; above !== this.source && above !== node && steps < devices; steps++) above = this.up[above]!;
      if (above === node) this.up[node] = this.source;
    }
  }

  #gatherKids(): void {
    for (let node = 0; node < this.source; node++) this.#kidsFrom[this.up[node]! + 1]!++;
    for (let node = 0; node < this.size; node++) this.#kidsFrom[node + 1]! += this.#kidsFrom[node]!;
    const next = this.#kidsFrom.slice();
    for (let node = 0; node < this.source; node++) this.#kids[next[this.up[node]!]!++] = node;
  }

  /** Gives depths and places, and counts from below; returns the greatest depth. */
  #lineUp(): number {
    const order: number[] = [];
    const stack = [this.source];
    let place = 0;
    let deepest = 0;
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      order.push(node);
      this.first[node] = place;
      if (this.kinds[node] === 'customer') {
        this.customerAt[place++] = node;
      }
      this.end[node] = place;
      for (let i = this.#kidsFrom[node + 1]! - 1; i >= this.#kidsFrom[node]!; i--) {
        const kid = this.#kids[i]!;
        this.depth[kid] = this.depth[node]! + 1;
        deepest = Math.max(deepest, this.depth[kid]!);
        stack.push(kid);
      }
    }
    for (let i = order.length - 1; i >= 0; i--) {
      const node = order[i]!;
      for (let phase = 0; phase < PHASES.length; phase++)
        if (this.counts[node * COUNTS + CUSTOMERS + phase]! > 0) this.phases[node]! |= 1 << phase;
      const above = this.up[node]!;
      if (above < 0) continue;
      this.end[above] = Math.max(this.end[above]!, this.end[node]!);
      for (let c = 0; c < COUNTS; c++) this.counts[above * COUNTS + c]! += this.counts[node * COUNTS + c]!;
    }
    for (const node of order) {
      const above = this.up[node]!;
      this.top[node] = above >= 0 && this.isSame(above, node) ? this.top[above]! : node;
    }
    return deepest;
  }

  /** The nodes right below a node. */
  kids(node: number): Int32Array {
    return this.#kids.subarray(this.#kidsFrom[node]!, this.#kidsFrom[node + 1]!);
  }

  /** The device or transformer of an id; undefined if there is none that is closed by rule. */
  device(id: string): number | undefined {
    return this.#switched.get(id);
  }

  customer(customerId: string): number | undefined {
    return this.#customers.get(customerId);
  }

  /** The node of any id: a device's, a transformer's, a customer's, or the source's. */
  nodeOf(id: string): number | undefined {
    const found = this.#switched.get(id) ?? this.#customers.get(id);
    return found ?? (id === this.ids[this.source] ? this.source : undefined);
  }

  /** The meter of a customer. */
  meterOf(customer: number): string | null {
    return this.#meterIds[customer] ?? null;
  }

  /** Does one node lie below another, or are they one? By their customers: so does whatever has the same. */
  isInside(node: number, other: number): boolean {
    return this.first[node]! >= this.first[other]! && this.end[node]! <= this.end[other]!;
  }

  /** Have two nodes the same customers? Then nothing tells which of them opened. */
  isSame(node: number, other: number): boolean {
    return this.first[node] === this.first[other] && this.end[node] === this.end[other];
  }

  /** Customers below a node. */
  width(node: number): number {
    return this.end[node]! - this.first[node]!;
  }

  /** May it open one pole alone? */
  hasPoles(node: number): boolean {
    return this.phase[node] === X && WITH_POLES.has(this.kinds[node]!);
  }

  /** The deepest node that has all customers from one place of the row to another below it. */
  nodeOver(firstPlace: number, lastPlace: number): number {
    let node = this.customerAt[firstPlace]!;
    while (this.end[node]! <= lastPlace || this.first[node]! > firstPlace) node = this.up[node]!;
    return node;
  }

  /** The four transformers nearest to one, by degrees squared, ties by id. */
  near(transformer: number): readonly number[] {
    let near = this.#near.get(transformer);
    if (near) return near;
    const distance = (node: number): number =>
      (this.#lat[node]! - this.#lat[transformer]!) ** 2 + (this.#lon[node]! - this.#lon[transformer]!) ** 2;
    near = this.kinds
      .flatMap((kind, node) => (kind === 'transformer' && node !== transformer ? [node] : []))
      .map((node) => ({ node, away: distance(node) }))
      .sort((a, b) => a.away - b.away || (this.ids[a.node]! < this.ids[b.node]! ? -1 : 1))
      .slice(0, 4)
      .map(({ node }) => node);
    this.#near.set(transformer, near);
    return near;
  }
}

/** The number of a phase that is a single letter; all else is X. */
function phaseOf(phases: string): number {
  const number = phases.length === 1 ? 'ABC'.indexOf(phases) : -1;
  return number < 0 ? X : number;
}

/** A set of phases as letters. */
export function phaseLetters(phases: number): string {
  return PHASES.filter((_, phase) => (phases >> phase) & 1).join('');
}
