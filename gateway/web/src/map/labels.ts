import './labels.css';
import { Marker, type Map as MapLibre } from 'maplibre-gl';
import type { OpenOutage } from '../feed/openOutages.js';
import { outageRadius } from './features.js';
import { NETWORK } from './style.js';

/** More names than these at once would only cover the map. */
const MAX_NAMES = 60;
/** Further out, all of a network is one spot. */
const NAMES_FROM_ZOOM = 8;
/** More pulses than these at once say no more than that a storm has begun. */
const MAX_PULSES = 40;

/**
 * What is drawn as HTML over the map: names of substations, which as map text would need a font server, and the pulses
 * of new outages, which as map paint would keep the GPU busy all the time.
 */
export class MapLabels {
  readonly #names = new Map<string, Marker>();
  readonly #pulses = new Map<string, Marker>();

  constructor(private readonly map: MapLibre) {
    map.on('idle', () => this.#nameSubstations());
  }

  setPulses(outages: readonly OpenOutage[]): void {
    const wanted = new Map(
      outages
        .flatMap(({ record }) => (record.center === null ? [] : [[record.outageId, record] as const]))
        .slice(0, MAX_PULSES),
    );
    for (const [outageId, marker] of this.#pulses) {
      if (wanted.has(outageId)) continue;
      marker.remove();
      this.#pulses.delete(outageId);
    }
    for (const [outageId, { center, severity, customersOut }] of wanted) {
      let marker = this.#pulses.get(outageId);
      if (!marker) {
        marker = new Marker({ element: span('map-pulse') }).setLngLat([center!.lon, center!.lat]).addTo(this.map);
        this.#pulses.set(outageId, marker);
      }
      marker.setLngLat([center!.lon, center!.lat]);
      const element = marker.getElement();
      element.dataset['severity'] = severity;
      element.style.setProperty('--radius', `${outageRadius(customersOut)}px`);
    }
  }

  remove(): void {
    for (const marker of [...this.#names.values(), ...this.#pulses.values()]) marker.remove();
  }

  /** The tiles in sight hold the substations; one that lies on an edge comes in several tiles. */
  #nameSubstations(): void {
    const seen = new Set<string>();
    const features =
      this.map.getZoom() < NAMES_FROM_ZOOM ? [] : this.map.querySourceFeatures(NETWORK, { sourceLayer: 'substations' });
    for (const { geometry, properties } of features) {
      const substationId = String(properties['substation_id']);
      if (geometry.type !== 'Point' || seen.has(substationId) || seen.size >= MAX_NAMES) continue;
      seen.add(substationId);
      if (this.#names.has(substationId)) continue;
      const element = span('map-name');
      element.textContent = String(properties['name'] ?? substationId);
      const [lon, lat] = geometry.coordinates as [number, number];
      const marker = new Marker({ element, anchor: 'left', offset: [11, 0] }).setLngLat([lon, lat]).addTo(this.map);
      this.#names.set(substationId, marker);
    }
    for (const [substationId, marker] of this.#names) {
      if (seen.has(substationId)) continue;
      marker.remove();
      this.#names.delete(substationId);
    }
  }
}

function span(className: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  return element;
}
