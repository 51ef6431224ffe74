/**
 * The network as the registry and the stream know it: IEC CIM's equipment, reduced to what placing an event needs.
 * Coordinates are WGS 84 degrees.
 */

/** A substation: a transformer or busbar fault there concerns every feeder of it. */
export interface Substation {
  readonly substationId: string;
  readonly name: string;
  readonly lat: number;
  readonly lon: number;
  readonly voltageKv: number | null;
}

/** A feeder; with its substation it is the key of the log. Its coordinates are those of its head. */
export interface Feeder {
  readonly feederId: string;
  readonly substationId: string;
  readonly name: string;
  readonly lat: number;
  readonly lon: number;
}

export const DEVICE_TYPES = ['breaker', 'recloser', 'switch', 'fuse'] as const;
export type DeviceType = (typeof DEVICE_TYPES)[number];

/** A switching device. Opening it takes out all that hangs below it; `upstreamDeviceId` is null at the feeder head. */
export interface Device {
  readonly deviceId: string;
  readonly type: DeviceType;
  readonly feederId: string;
  readonly upstreamDeviceId: string | null;
  readonly lat: number;
  readonly lon: number;
  readonly phases: string;
  readonly normallyOpen: boolean;
}

/** A stretch of line, switch or transformer: drawn on the map, never the place of an event. */
export interface Section {
  readonly sectionId: string;
  readonly kind: 'line' | 'switch' | 'xfmr';
  readonly feederId: string;
  readonly deviceId: string;
  readonly fromLat: number;
  readonly fromLon: number;
  readonly toLat: number;
  readonly toLon: number;
  readonly phases: string;
  readonly lengthM: number;
}

/** A distribution point: a service transformer and the customers behind it. */
export interface DistributionPoint {
  readonly dpId: string;
  readonly feederId: string;
  readonly deviceId: string;
  readonly lat: number;
  readonly lon: number;
  readonly kva: number | null;
  readonly phases: string;
}

/** A customer: the unit that is out or back. One meter, at most one ONU. */
export interface Customer {
  readonly customerId: string;
  readonly dpId: string;
  readonly lat: number;
  readonly lon: number;
  readonly meterId: string | null;
  readonly onuId: string | null;
  readonly priority: 'critical' | null;
}

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
