import type { Static } from 'typebox';
import type { Immutable } from '../model/immutable.js';
import type {
  CustomerSchema,
  DeviceSchema,
  DistributionPointSchema,
  FeederSchema,
  SubstationSchema,
} from './network-schema.js';

export { DEVICE_TYPES, type DeviceType } from '../model/words.js';

/**
 * The network as the registry and the stream know it: IEC CIM's equipment, reduced to what placing an event needs.
 * Coordinates are WGS 84 degrees.
 */

/** A substation: a transformer or busbar fault there concerns every feeder of it. */
export type Substation = Immutable<Static<typeof SubstationSchema>>;

/** A feeder; with its substation it is the key of the log. Its coordinates are those of its head. */
export type Feeder = Immutable<Static<typeof FeederSchema>>;

/** A switching device. Opening it takes out all that hangs below it; `upstreamDeviceId` is null at the feeder head. */
export type Device = Immutable<Static<typeof DeviceSchema>>;

/** A stretch of line, switch or transformer: drawn on the map, never the place of an event. */
export interface Section {
  readonly sectionId: string;
  readonly kind: 'line' | 'switch' | 'xfmr';
  readonly feederId: string;
  /** Null where nobody knows the devices of the feeder. */
  readonly deviceId: string | null;
  readonly fromLat: number;
  readonly fromLon: number;
  readonly toLat: number;
  readonly toLon: number;
  readonly phases: string;
  readonly lengthM: number;
}

/** A distribution point: a service transformer and the customers behind it. */
export type DistributionPoint = Immutable<Static<typeof DistributionPointSchema>>;

/** A customer: the unit that is out or back. One meter, at most one ONU. */
export type Customer = Immutable<Static<typeof CustomerSchema>>;

/** A key that an element had until an import moved it; the time of that is ISO 8601. */
export type FormerKey = NonNullable<Feeder['formerKeys']>[number];

/** A whole network, each list in the order of its file. */
export interface Network {
  readonly substations: readonly Substation[];
  readonly feeders: readonly Feeder[];
  readonly devices: readonly Device[];
  readonly sections: readonly Section[];
  readonly distributionPoints: readonly DistributionPoint[];
  readonly customers: readonly Customer[];
}

/** A network of nothing: what there is before the first import. */
export const EMPTY_NETWORK: Network = {
  substations: [],
  feeders: [],
  devices: [],
  sections: [],
  distributionPoints: [],
  customers: [],
};
