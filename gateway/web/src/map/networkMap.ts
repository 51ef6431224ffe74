import './worker.js';
import {
  Map as MapLibre,
  NavigationControl,
  Popup,
  ScaleControl,
  type GeoJSONSource,
  type MapGeoJSONFeature,
  type MapMouseEvent,
} from 'maplibre-gl';
import type { NetworkSummary } from '../api/network.js';
import type { Member, OutageRecord } from '../api/outages.js';
import type { OpenOutage } from '../feed/openOutages.js';
import type { Palette } from '../theme/palette.js';
import { boundsOf, linkFeatures, memberFeatures, outageFeatures } from './features.js';
import { MapLabels } from './labels.js';
import {
  DEVICE_LAYERS,
  FEEDER_HIGHLIGHT_LAYER,
  LINKS,
  mapLayers,
  mapStyle,
  MEMBER_LAYER,
  MEMBERS,
  NETWORK,
  OUTAGE_LAYER,
  OUTAGES,
} from './style.js';

/** Half the side of the square around a click in which outages are sought, pixels. */
const CLICK_REACH_PX = 4;
const FOCUS_MAX_ZOOM = 15.5;
/** Keeps what is gone to clear of the controls, the legend below among them. */
const PADDING_PX = { top: 50, right: 60, bottom: 75, left: 60 };

export interface NetworkMapEvents {
  readonly onSelect: (outageId: string) => void;
  /** What to show at the pointer; null: nothing. */
  readonly describe: (hit: MapHit) => string | null;
}

/** What lies under the pointer. */
export type MapHit =
  | { readonly kind: 'outage'; readonly outageId: string }
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'device'; readonly deviceId: string; readonly type: string; readonly feederId: string };

/**
 * The map as the page uses it: data in, selections out. Data given before the style is ready is applied when it is.
 * Throws when the browser has no WebGL.
 */
export class NetworkMap {
  readonly #map: MapLibre;
  readonly #labels: MapLabels;
  readonly #popup = new Popup({ closeButton: false, closeOnClick: false, className: 'map-popup', offset: 10 });
  #palette: Palette;
  #network: NetworkSummary | null = null;
  #selectedId: string | null = null;
  /** What is to be drawn, by source; kept until the style has loaded. */
  readonly #data = new Map<string, GeoJSON.FeatureCollection>();
  #highlightedFeeder = '';
  #ready = false;

  constructor(
    container: HTMLElement,
    palette: Palette,
    private readonly events: NetworkMapEvents,
  ) {
    this.#palette = palette;
    this.#map = new MapLibre({
      container,
      style: mapStyle(palette, []),
      center: [0, 20],
      zoom: 1.5,
      maxZoom: 19,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    this.#map.addControl(new ScaleControl({ unit: 'metric' }), 'top-left');
    this.#labels = new MapLabels(this.#map);
    this.#map.on('load', () => {
      this.#ready = true;
      this.#paint();
      for (const [source, data] of this.#data) void this.#sourceOf(source).setData(data);
      this.#map.setFilter(FEEDER_HIGHLIGHT_LAYER, ['==', ['get', 'feeder_id'], this.#highlightedFeeder]);
    });
    this.#map.once('idle', () => {
      window.__omsMapReady = true;
    });
    this.#map.on('click', (event) => this.#click(event));
    this.#map.on('mousemove', (event) => this.#hover(event));
    this.#map.on('mouseout', () => this.#popup.remove());
  }

  /** The network as summarised by the gateway: colours per feeder, and, the first time, where to look. */
  setNetwork(network: NetworkSummary): void {
    const first = this.#network === null;
    this.#network = network;
    this.#paint();
    if (first) this.showAll(false);
  }

  setPalette(palette: Palette): void {
    this.#palette = palette;
    this.#paint();
  }

  /** @param fresh ids of outages that are marked as new */
  setOutages(outages: readonly OpenOutage[], selected: OutageRecord | null, fresh: ReadonlySet<string>): void {
    this.#selectedId = selected?.outageId ?? null;
    this.#setData(OUTAGES, outageFeatures(outages, this.#selectedId));
    this.#labels.setPulses(outages.filter(({ record }) => fresh.has(record.outageId)));
    const feederId = selected?.feederId ?? '';
    if (feederId === this.#highlightedFeeder) return;
    this.#highlightedFeeder = feederId;
    if (this.#ready) this.#map.setFilter(FEEDER_HIGHLIGHT_LAYER, ['==', ['get', 'feeder_id'], feederId]);
  }

  setMembers(members: readonly Member[]): void {
    this.#setData(MEMBERS, memberFeatures(members));
    this.#setData(LINKS, linkFeatures(members));
  }

  /** Goes to an outage, unless it is well in sight. */
  focus(bbox: NonNullable<OutageRecord['bbox']>): void {
    this.#map.fitBounds(boundsOf(bbox), { padding: PADDING_PX, maxZoom: FOCUS_MAX_ZOOM, duration: 600 });
  }

  /** Goes to one place and marks it. */
  point(lon: number, lat: number, text: string): void {
    this.#map.easeTo({ center: [lon, lat], zoom: Math.max(this.#map.getZoom(), FOCUS_MAX_ZOOM), duration: 400 });
    this.#popup.setLngLat([lon, lat]).setText(text).addTo(this.#map);
  }

  /** Shows the whole network. */
  showAll(animate: boolean): void {
    const bounds = this.#network?.bounds;
    if (!bounds) return;
    this.#map.fitBounds(boundsOf(bounds), { padding: PADDING_PX, duration: animate ? 600 : 0 });
  }

  remove(): void {
    this.#labels.remove();
    this.#map.remove();
  }

  #setData(source: string, data: GeoJSON.FeatureCollection): void {
    this.#data.set(source, data);
    if (this.#ready) void this.#sourceOf(source).setData(data);
  }

  #sourceOf(source: string): GeoJSONSource {
    return this.#map.getSource<GeoJSONSource>(source)!;
  }

  #paint(): void {
    if (!this.#ready) return;
    const feederIds = this.#network?.feeders.map(({ feederId }) => feederId) ?? [];
    for (const { id, paint } of mapLayers(this.#palette, feederIds)) {
      for (const [property, value] of Object.entries(paint ?? {})) {
        this.#map.setPaintProperty(id, property as 'line-color', value);
      }
    }
  }

  /** Selects the topmost outage; clicking again goes on to the one below it. */
  #click({ point: { x, y } }: MapMouseEvent): void {
    const hits = this.#map.queryRenderedFeatures(
      [
        [x - CLICK_REACH_PX, y - CLICK_REACH_PX],
        [x + CLICK_REACH_PX, y + CLICK_REACH_PX],
      ],
      { layers: [OUTAGE_LAYER] },
    );
    const ids = [...new Set(hits.map(({ properties }) => String(properties['outageId'])))];
    const next = ids[(ids.indexOf(this.#selectedId ?? '') + 1) % ids.length];
    if (next !== undefined) this.events.onSelect(next);
  }

  #hover({ point, lngLat }: MapMouseEvent): void {
    if (!this.#ready) return;
    const [feature] = this.#map.queryRenderedFeatures(point, {
      layers: [MEMBER_LAYER, OUTAGE_LAYER, ...DEVICE_LAYERS],
    });
    const hit = feature ? hitOf(feature) : null;
    const text = hit && this.events.describe(hit);
    this.#map.getCanvas().style.cursor = hit?.kind === 'outage' ? 'pointer' : '';
    if (text) this.#popup.setLngLat(lngLat).setText(text).addTo(this.#map);
    else this.#popup.remove();
  }
}

function hitOf({ source, properties }: MapGeoJSONFeature): MapHit {
  if (source === OUTAGES) return { kind: 'outage', outageId: String(properties['outageId']) };
  if (source === NETWORK) {
    const { device_id, type, feeder_id } = properties;
    return { kind: 'device', deviceId: String(device_id), type: String(type), feederId: String(feeder_id) };
  }
  return { kind: 'member', name: String(properties['name']) };
}
