import type { DeviceType, Substation } from '../../operators/network/network.js';
import { distanceMm } from '../../operators/model/sphere.js';
import type { DemoDraft } from './demo-draft.js';
import { offset, type Point } from './plane.js';
import type { Random } from '../random.js';

/** The part of a substation's area that belongs to one feeder. */
export interface Sector {
  /** Radians clockwise from north: where the trunk goes. */
  readonly bearing: number;
  /** Radians on either side of it. */
  readonly halfWidth: number;
  readonly reachM: number;
}

/** A feeder to be made. */
export interface FeederPlan {
  readonly feederId: string;
  readonly name: string;
  readonly substation: Substation;
  readonly sector: Sector;
}

const HEAD_M = 40;
const LATERAL_CHANCE = 0.7;
const MOST_POLES = 4;
/** What a lateral leaves free towards the neighbouring feeder. */
const SECTOR_USED = 0.85;

const TYPE_CODES: Readonly<Record<DeviceType, string>> = { breaker: 'CB', recloser: 'RC', switch: 'SW', fuse: 'FU' };

/**
 * Makes one feeder: a trunk from the substation outwards with a breaker at its head, a switch, a recloser, a second
 * switch and an open tie at its end; laterals to both sides behind fuses; distribution points along all of it.
 */
export function buildFeeder(draft: DemoDraft, plan: FeederPlan, random: Random): void {
  const feeder = new FeederDraft(draft, plan, random);
  const spans = random.integer(8, 10);
  const spanM = (plan.sector.reachM * 0.97 - HEAD_M) / spans;
  const switched: Readonly<Record<number, DeviceType>> = {
    [Math.round(spans * 0.2)]: 'switch',
    [Math.round(spans * 0.4)]: 'recloser',
    [Math.round(spans * 0.7)]: 'switch',
  };
  let node = feeder.at(HEAD_M, 0);
  const { lat, lon } = node;
  const { feederId, name, substation } = plan;
  draft.feeders.push({ feederId, substationId: substation.substationId, name, lat, lon });
  let device = feeder.addDevice('breaker', null, node, 'ABC');
  for (let index = 1; index <= spans; index++) {
    const alongM = HEAD_M + index * spanM;
    const next = feeder.at(alongM, random.between(-0.06, 0.06) * alongM);
    feeder.addSection(device, node, next, 'ABC');
    node = next;
    const type = switched[index];
    if (type) device = feeder.addDevice(type, device, node, 'ABC');
    if (random.chance(LATERAL_CHANCE)) feeder.addDistributionPoint(device, node, 'ABC');
    for (const side of [-1, 1] as const) {
      if (random.chance(LATERAL_CHANCE)) feeder.addLateral(device, node, side);
    }
  }
  feeder.addDevice('switch', device, node, 'ABC', true);
}

/** A point of a feeder with its coordinates in the feeder's own frame: metres along the trunk and across it. */
interface Node extends Point {
  readonly alongM: number;
  readonly acrossM: number;
}

/** One feeder while it is made: numbers what it consists of. */
class FeederDraft {
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly draft: DemoDraft,
    private readonly plan: FeederPlan,
    private readonly random: Random,
  ) {}

  at(alongM: number, acrossM: number): Node {
    const { bearing } = this.plan.sector;
    const eastM = alongM * Math.sin(bearing) + acrossM * Math.cos(bearing);
    const northM = alongM * Math.cos(bearing) - acrossM * Math.sin(bearing);
    return { ...offset(this.plan.substation, eastM, northM), alongM, acrossM };
  }

  addDevice(type: DeviceType, upstream: string | null, at: Node, phases: string, normallyOpen = false): string {
    const deviceId = this.number(TYPE_CODES[type], 2);
    const { feederId } = this.plan;
    const { lat, lon } = at;
    this.draft.devices.push({ deviceId, type, feederId, upstreamDeviceId: upstream, lat, lon, phases, normallyOpen });
    return deviceId;
  }

  addSection(deviceId: string, from: Node, to: Node, phases: string): void {
    this.draft.sections.push({
      sectionId: this.number('L', 3),
      kind: 'line',
      feederId: this.plan.feederId,
      deviceId,
      fromLat: from.lat,
      fromLon: from.lon,
      toLat: to.lat,
      toLon: to.lon,
      phases,
      lengthM: Math.round(distanceMm(from.lat, from.lon, to.lat, to.lon) / 100) / 10,
    });
  }

  addDistributionPoint(deviceId: string, at: Node, phases: string): void {
    const place = { feederId: this.plan.feederId, deviceId, lat: at.lat, lon: at.lon, phases };
    this.draft.addDistributionPoint({ dpId: this.number('DP', 3), ...place }, this.random);
  }

  /** A lateral at right angles to the trunk, one to four poles long, as far as the sector goes; a fuse at its start. */
  addLateral(trunkDevice: string, start: Node, side: -1 | 1): void {
    const { random } = this;
    const poleM = random.between(100, 130);
    const poles = Math.min(MOST_POLES, Math.floor((this.roomM(start.alongM) - side * start.acrossM) / poleM));
    if (poles < 1) return;
    const phases = random.chance(0.35) ? 'ABC' : random.pick(['A', 'B', 'C'] as const);
    let device = this.addDevice('fuse', trunkDevice, this.at(start.alongM, start.acrossM + side * 8), phases);
    let node = start;
    for (let pole = 1; pole <= poles; pole++) {
      const next = this.at(node.alongM + random.between(-15, 15), start.acrossM + side * pole * poleM);
      this.addSection(device, node, next, phases);
      node = next;
      if (pole === 2 && poles === MOST_POLES && random.chance(0.4)) {
        device = this.addDevice('fuse', device, node, phases);
      }
      this.addDistributionPoint(device, node, phases);
    }
  }

  /** How far the sector goes across the trunk at a distance along it. */
  private roomM(alongM: number): number {
    const { halfWidth, reachM } = this.plan.sector;
    const toArc = Math.sqrt(Math.max(0, reachM * reachM - alongM * alongM));
    return Math.min(alongM * Math.tan(halfWidth) * SECTOR_USED, toArc);
  }

  private number(code: string, digits: number): string {
    const count = (this.counts.get(code) ?? 0) + 1;
    this.counts.set(code, count);
    return `${this.plan.feederId}-${code}${String(count).padStart(digits, '0')}`;
  }
}
