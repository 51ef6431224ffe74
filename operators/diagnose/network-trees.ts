import { keyText } from '../model/event.js';
import type { Network } from '../network/network.js';
import { DeviceTree, type TreeElements } from './tree.js';

interface Draft {
  readonly feederId: string;
  readonly devices: TreeElements['devices'][number][];
  readonly transformers: TreeElements['transformers'][number][];
  readonly customers: TreeElements['customers'][number][];
}

/** The device tree of every feeder of a network, by the text of its key; one without devices has a tree too. */
export function treesOf(network: Network): Map<string, DeviceTree> {
  const drafts = new Map<string, Draft>();
  for (const { feederId } of network.feeders)
    drafts.set(feederId, { feederId, devices: [], transformers: [], customers: [] });
  for (const device of network.devices) drafts.get(device.feederId)?.devices.push(device);
  const draftOfPoint = new Map<string, Draft>();
  for (const point of network.distributionPoints) {
    const draft = drafts.get(point.feederId);
    if (!draft) continue;
    draft.transformers.push(point);
    draftOfPoint.set(point.dpId, draft);
  }
  for (const customer of network.customers) draftOfPoint.get(customer.dpId)?.customers.push(customer);
  return new Map(network.feeders.map((feeder) => [keyText(feeder), new DeviceTree(drafts.get(feeder.feederId)!)]));
}
