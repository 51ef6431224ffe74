import { getJson } from './request.js';

export interface NetworkFeeder {
  readonly feederId: string;
  readonly substationId: string;
  readonly name: string;
  readonly customers: number;
}

export interface NetworkSummary {
  /** Null: no network has been imported. */
  readonly bounds: { minLat: number; minLon: number; maxLat: number; maxLon: number } | null;
  readonly substations: number;
  readonly feeders: readonly NetworkFeeder[];
  readonly customers: number;
}

export function fetchNetwork(signal: AbortSignal): Promise<NetworkSummary> {
  return getJson('/api/oms/network', signal);
}
