/** The field of a network, as tests let it report: times in seconds from {@link START}. */
import type { Key, PlacedEvent, ReportedEvent } from '../../operators/model/event.js';
import type { Source } from '../../operators/model/source.js';
import type { Network } from '../../operators/network/network.js';
import { Registry } from '../../operators/network/registry.js';
import { place, type Placement } from '../../operators/place/place.js';

export const START = Date.UTC(2026, 9, 4, 10);

type Told = Partial<Omit<ReportedEvent, 'source' | 'kind' | 'assetId'>>;

/** Makes events and places them as the stage does. */
export class Field {
  readonly #registry: Registry;
  #count = 0;

  constructor(network: Network) {
    this.#registry = Registry.of(network);
  }

  meterOut(assetId: string, second: number, told: Told = {}): PlacedEvent {
    return this.event('kaifa', 'outage', assetId, second, told);
  }

  meterBack(assetId: string, second: number): PlacedEvent {
    return this.event('kaifa', 'restoration', assetId, second, { type: 'power_up' });
  }

  onuOut(assetId: string, second: number): PlacedEvent {
    return this.event('onu', 'outage', assetId, second, {});
  }

  trip(assetId: string, second: number): PlacedEvent {
    return this.event('scada', 'outage', assetId, second, { type: 'BreakerTrip' });
  }

  close(assetId: string, second: number): PlacedEvent {
    return this.event('scada', 'restoration', assetId, second, { type: 'BreakerClose' });
  }

  call(customerId: string, second: number): PlacedEvent {
    return this.event('call_center', 'outage', customerId, second, { type: 'call' });
  }

  event(
    source: Source,
    kind: PlacedEvent['kind'],
    assetId: string,
    second: number,
    { occurredAt = START + Math.round(second * 1000), ...told }: Told,
  ): PlacedEvent {
    const [placement] = this.place({
      source,
      kind,
      type: 'last_gasp',
      sourceEventId: `${source.charAt(0).toUpperCase()}-${++this.#count}`,
      assetId,
      occurredAt,
      receivedAt: START + Math.round(second * 1000) + 5000,
      otherAssetIds: [],
      lat: null,
      lon: null,
      substationId: null,
      feederId: null,
      dpId: null,
      reach: null,
      ...told,
    });
    return placement!.event;
  }

  /** The placements of a report; none if the network has no place for it. */
  place(event: ReportedEvent): Placement[] {
    const placed = place(event, this.#registry);
    return Array.isArray(placed) ? placed : [];
  }

  key(feederId: string): Key {
    return this.#registry.key(feederId)!;
  }
}
