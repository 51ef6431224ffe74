import type { Network, Substation } from '../../operators/network/network.js';
import { buildFeeder, type Sector } from './demo-feeder.js';
import { DemoDraft } from './demo-draft.js';
import { offset, type Point } from './plane.js';
import { seededRandom, type Random } from '../random.js';
import { OmsError } from '../../connections/errors.js';

const AMMAN: Point = { lat: 31.95, lon: 35.93 };
const SPACING_M = 5000;
const JITTER_M = 200;
/** How far a feeder goes from its substation: less than half of the least distance of two, so that none overlap. */
const REACH_M = 2150;
const MOST_SUBSTATIONS = 999;
const COMPASS = ['East', 'North-East', 'North', 'North-West', 'West', 'South-West', 'South', 'South-East'] as const;

/** What to make. */
export interface DemoOptions {
  /** How many substations, 1 to 999; 20 if not given. */
  readonly substations?: number;
  /** A whole number; the same one gives the same network. 1 if not given. */
  readonly seed?: number;
}

/**
 * Makes a plausible network around Amman: substations SS001, SS002, … about 5 km apart, each with four to six 33 kV
 * feeders that fan out over its own area, and about 1 000 to 2 000 customers. A smaller network is the beginning of a
 * larger one of the same seed.
 * @throws {OmsError} if the number of substations is not 1 to 999
 */
export function demoNetwork({ substations = 20, seed = 1 }: DemoOptions = {}): Network {
  if (!Number.isInteger(substations) || substations < 1 || substations > MOST_SUBSTATIONS) {
    throw new OmsError('OMS_BAD_STORM', `${substations} substations cannot be made; ask for 1 to ${MOST_SUBSTATIONS}.`);
  }
  const draft = new DemoDraft();
  for (const [index, site] of sites(substations).entries()) {
    // A row of draws for each substation: another number of substations changes none of them.
    const random = seededRandom(seed, index);
    const substation = buildSubstation(index, site, random);
    draft.substations.push(substation);
    sectors(random).forEach((sector, at) => {
      const feederId = `${substation.substationId}-F${String(at + 1).padStart(2, '0')}`;
      buildFeeder(draft, { feederId, name: `${substation.name} feeder ${at + 1}`, substation, sector }, random);
    });
  }
  return draft.network();
}

function buildSubstation(index: number, site: Site, random: Random): Substation {
  const place = offset(
    AMMAN,
    site.eastM + random.between(-JITTER_M, JITTER_M),
    site.northM + random.between(-JITTER_M, JITTER_M),
  );
  return { substationId: `SS${String(index + 1).padStart(3, '0')}`, name: site.name, ...place, voltageKv: 33 };
}

/** The area around a substation in four to six sectors, one for each feeder. */
function sectors(random: Random): Sector[] {
  const count = random.integer(4, 6);
  const first = random.between(0, 2 * Math.PI);
  const width = (2 * Math.PI) / count;
  return Array.from({ length: count }, (_, index) => ({
    bearing: first + index * width,
    halfWidth: width / 2,
    reachM: REACH_M,
  }));
}

interface Site {
  readonly name: string;
  readonly eastM: number;
  readonly northM: number;
}

/** The `count` points of a hexagonal lattice that lie nearest to the centre, the nearest first. */
function sites(count: number): Site[] {
  const rings = Math.ceil(Math.sqrt(count)) + 1;
  const lattice: { eastM: number; northM: number; distance: number; angle: number }[] = [];
  for (let row = -rings; row <= rings; row++) {
    for (let column = -rings; column <= rings; column++) {
      const eastM = SPACING_M * (column + row / 2);
      const northM = SPACING_M * row * (Math.sqrt(3) / 2);
      // Whole metres, so that points of one distance are of one rank.
      const distance = Math.round(Math.hypot(eastM, northM));
      lattice.push({ eastM, northM, distance, angle: (Math.atan2(northM, eastM) + 2 * Math.PI) % (2 * Math.PI) });
    }
  }
  lattice.sort((a, b) => a.distance - b.distance || a.angle - b.angle);
  const named = new Map<string, number>();
  return lattice.slice(0, count).map(({ eastM, northM, distance, angle }) => {
    const direction = distance === 0 ? 'Centre' : COMPASS[Math.round(angle / (Math.PI / 4)) % 8]!;
    const number = (named.get(direction) ?? 0) + 1;
    named.set(direction, number);
    return { name: distance === 0 ? 'Amman Centre' : `Amman ${direction} ${number}`, eastM, northM };
  });
}
