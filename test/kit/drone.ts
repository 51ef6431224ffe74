/** A fifth source for tests: images that a drone has taken of what lies on the ground. It stands in the table of no product. */
import type { Source } from '../../operators/model/source.js';
import type { SOURCE_TABLE, SourceRow } from '../../operators/model/source-table.js';

const ROW: SourceRow = {
  number: 4,
  topic: 'drone-image-topic',
  weight: 0.7,
  lookedUp: ['device', 'meter', 'customer', 'onu'],
  speaksWide: false,
  words: { name: 'Drone', one: 'image', many: 'images', reports: 'Images that drones have taken' },
  colours: { dark: '#9be564', light: '#3f7d0a' },
};

export const DRONE = 'drone' as Source;

interface Table {
  readonly SOURCE_TABLE: typeof SOURCE_TABLE;
}

/**
 * The module of the table with the drone in it, for `vi.mock`: everything else is the product's own.
 * @param original what the module is without
 */
export function withDrone(original: Table): Table {
  return { ...original, SOURCE_TABLE: { ...original.SOURCE_TABLE, [DRONE]: ROW } };
}
