import type { NetworkSummary } from '../../../oms/network-summary.js';
import { getJson } from './request.js';

export type { NetworkSummary } from '../../../oms/network-summary.js';

export function fetchNetwork(signal: AbortSignal): Promise<NetworkSummary> {
  return getJson('/api/oms/network', signal);
}
