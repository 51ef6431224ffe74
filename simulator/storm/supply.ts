import type { Customer, Device, DeviceType, Network } from '../../operators/network/network.js';

/** Who is supplied through what: the device tree of a network with the customers below each device. */
export class Supply {
  /** Closed devices that supply at least one customer, by type. */
  readonly inService: Readonly<Record<DeviceType, readonly Device[]>>;
  private readonly devices: ReadonlyMap<string, Device>;
  private readonly children = new Map<string, string[]>();
  private readonly customers = new Map<string, Customer[]>();
  private readonly substations: ReadonlyMap<string, string>;
  private readonly phases: ReadonlyMap<string, string>;

  constructor(network: Network) {
    this.devices = new Map(network.devices.map((device) => [device.deviceId, device]));
    this.substations = new Map(network.feeders.map((feeder) => [feeder.feederId, feeder.substationId]));
    this.phases = new Map(network.distributionPoints.map((point) => [point.dpId, point.phases]));
    for (const device of network.devices) {
      if (device.upstreamDeviceId !== null) append(this.children, device.upstreamDeviceId, device.deviceId);
    }
    const deviceOf = new Map(network.distributionPoints.map((point) => [point.dpId, point.deviceId]));
    for (const customer of network.customers) {
      const device = deviceOf.get(customer.dpId);
      // Whose devices nobody knows loses supply with none of them.
      if (device) append(this.customers, device, customer);
    }
    const supplying = this.supplying();
    const ofType = (type: DeviceType) =>
      network.devices.filter((each) => each.type === type && !each.normallyOpen && supplying.has(each.deviceId));
    this.inService = {
      breaker: ofType('breaker'),
      recloser: ofType('recloser'),
      switch: ofType('switch'),
      fuse: ofType('fuse'),
    };
  }

  /** The substation of a device's feeder. */
  substationOf(device: Device): string {
    return this.substations.get(device.feederId)!;
  }

  /** The phases of a customer's distribution point, such as `ABC`. */
  phasesOf(customer: Customer): string {
    return this.phases.get(customer.dpId)!;
  }

  /** The device and those upstream of it, up to the feeder head. */
  *path(device: Device): Generator<Device> {
    for (let at: Device | undefined = device; at; at = this.devices.get(at.upstreamDeviceId ?? '')) yield at;
  }

  /** The fuses below a device that supply somebody. */
  fusesBelow(device: Device): Device[] {
    return this.inService.fuse.filter((fuse) => fuse !== device && [...this.path(fuse)].includes(device));
  }

  /** All customers who lose supply when the device opens. */
  customersBelow(device: Device): Customer[] {
    const below: Customer[] = [];
    const open = [device.deviceId];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      for (const customer of this.customers.get(id) ?? []) below.push(customer);
      for (const child of this.children.get(id) ?? []) open.push(child);
    }
    return below;
  }

  /** All customers who lose supply when the device opens, by where the network first forks below it. */
  branchesBelow(device: Device): Customer[][] {
    const branches = new Map<string, Customer[]>();
    for (const customer of this.customers.get(device.deviceId) ?? []) append(branches, customer.dpId, customer);
    const points = [...branches.values()];
    const devices = (this.children.get(device.deviceId) ?? []).map((id) => this.devices.get(id)!);
    const loaded = devices.filter((child) => this.customersBelow(child).length > 0);
    if (points.length === 0 && loaded.length === 1) return this.branchesBelow(loaded[0]!);
    return [...points, ...loaded.map((child) => this.customersBelow(child))];
  }

  private supplying(): Set<string> {
    const supplying = new Set<string>();
    for (const id of this.customers.keys()) {
      for (const device of this.path(this.devices.get(id)!)) {
        if (supplying.has(device.deviceId)) break;
        supplying.add(device.deviceId);
      }
    }
    return supplying;
  }
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
