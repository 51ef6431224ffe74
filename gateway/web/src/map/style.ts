import type {
  CircleLayerSpecification,
  ExpressionSpecification,
  LayerSpecification,
  StyleSpecification,
} from 'maplibre-gl';
import type { Palette } from '../theme/palette.js';

export const NETWORK = 'network';
export const OUTAGES = 'outages';
export const MEMBERS = 'members';
export const LINKS = 'links';
/** Layers that answer to the pointer. */
export const OUTAGE_LAYER = 'outage-circles';
export const MEMBER_LAYER = 'member-points';
export const DEVICE_LAYERS = ['device-points', 'device-heads'];
export const FEEDER_HIGHLIGHT_LAYER = 'section-highlight';

/** Tiles are cut to this zoom; closer in, they are enlarged, still exact to half a metre. */
const TILE_MAX_ZOOM = 14;

/** Own tiles and own data only: no glyphs, sprites or tiles from elsewhere. Words on the map are HTML. */
export function mapStyle(palette: Palette, feederIds: readonly string[]): StyleSpecification {
  const nothing = { type: 'FeatureCollection' as const, features: [] };
  return {
    version: 8,
    sources: {
      [NETWORK]: {
        type: 'vector',
        tiles: [`${window.location.origin}/tiles/network/{z}/{x}/{y}.mvt`],
        minzoom: 0,
        maxzoom: TILE_MAX_ZOOM,
      },
      [OUTAGES]: { type: 'geojson', data: nothing },
      [MEMBERS]: { type: 'geojson', data: nothing },
      [LINKS]: { type: 'geojson', data: nothing },
    },
    layers: mapLayers(palette, feederIds),
  };
}

/** The layers, bottom first; all that depends on palette and feeders is in their paint properties. */
export function mapLayers(palette: Palette, feederIds: readonly string[]): LayerSpecification[] {
  const feederColour = colourByFeeder(palette, feederIds);
  return [
    { id: 'background', type: 'background', paint: { 'background-color': palette.surface.ground } },
    {
      id: FEEDER_HIGHLIGHT_LAYER,
      type: 'line',
      source: NETWORK,
      'source-layer': 'sections',
      filter: ['==', ['get', 'feeder_id'], ''],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        // Opaque: sections overlap at their ends, where a transparent colour would show as dots.
        'line-color': palette.map.feederSelected,
        'line-width': zoomed(10, 4, 16, 11),
      },
    },
    {
      id: 'sections',
      type: 'line',
      source: NETWORK,
      'source-layer': 'sections',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': feederColour,
        // The three-phase trunk stands out from the laterals.
        'line-width': [
          'interpolate',
          ['exponential', 1.4],
          ['zoom'],
          9,
          byTrunk(1.1, 0.5),
          13,
          byTrunk(2.2, 1.1),
          17,
          byTrunk(5, 2.5),
        ],
      },
    },
    {
      id: 'distribution-points',
      type: 'circle',
      source: NETWORK,
      'source-layer': 'distribution_points',
      minzoom: 13,
      paint: {
        'circle-color': palette.map.distributionPoint,
        'circle-radius': zoomed(13, 1.2, 17, 4),
      },
    },
    deviceLayer(DEVICE_LAYERS[0]!, ['fuse', 'switch'], 12.5, zoomed(12.5, 1.5, 17, 5), palette),
    deviceLayer(DEVICE_LAYERS[1]!, ['breaker', 'recloser'], 10.5, zoomed(10.5, 2, 17, 7), palette),
    {
      id: 'substations',
      type: 'circle',
      source: NETWORK,
      'source-layer': 'substations',
      paint: {
        'circle-color': palette.surface.ground,
        'circle-radius': zoomed(8, 3, 14, 7),
        'circle-stroke-color': palette.map.substation,
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'links',
      type: 'line',
      source: LINKS,
      layout: { 'line-cap': 'round' },
      paint: {
        'line-color': palette.source.kaifa,
        'line-opacity': zoomed(11, 0.1, 15, 0.35),
        'line-width': zoomed(11, 0.5, 16, 1.4),
      },
    },
    outageLayer(palette),
    {
      id: MEMBER_LAYER,
      type: 'circle',
      source: MEMBERS,
      layout: { 'circle-sort-key': ['case', ['get', 'opened'], 1, 0] },
      paint: {
        'circle-color': [
          'match',
          ['get', 'source'],
          ...Object.entries(palette.source).flat(),
          palette.map.outline,
        ] as unknown as ExpressionSpecification,
        'circle-radius': zoomed(10, 1.6, 16, 6),
        // A restoration is a hollow point.
        'circle-opacity': ['case', ['get', 'back'], 0.1, 0.95],
        'circle-stroke-color': ['case', ['get', 'opened'], palette.map.selection, palette.map.outline],
        'circle-stroke-width': [
          'interpolate',
          ['linear'],
          ['zoom'],
          11,
          ['case', ['get', 'opened'], 2, 0],
          15,
          ['case', ['get', 'opened'], 2.5, 0.8],
        ],
      },
    },
  ];
}

/** Largest below, so that small outages can be clicked; critical ones above all. */
function outageLayer(palette: Palette): CircleLayerSpecification {
  const severityColour = [
    'match',
    ['get', 'severity'],
    ...Object.entries(palette.severity).flat(),
    palette.map.outline,
  ] as unknown as ExpressionSpecification;
  const colour: ExpressionSpecification = ['case', ['get', 'restored'], palette.restored, severityColour];
  return {
    id: OUTAGE_LAYER,
    type: 'circle',
    source: OUTAGES,
    layout: { 'circle-sort-key': ['get', 'order'] },
    paint: {
      'circle-color': colour,
      'circle-radius': ['get', 'radius'],
      // The selected one lets its members shine through.
      'circle-opacity': ['case', ['get', 'selected'], 0.18, ['get', 'restored'], 0.35, 0.72],
      'circle-stroke-color': ['case', ['get', 'selected'], palette.map.selection, colour],
      'circle-stroke-width': ['case', ['get', 'selected'], 2.5, 1.2],
    },
  };
}

function deviceLayer(
  id: string,
  types: string[],
  minzoom: number,
  radius: ExpressionSpecification,
  palette: Palette,
): CircleLayerSpecification {
  return {
    id,
    type: 'circle',
    source: NETWORK,
    'source-layer': 'devices',
    minzoom,
    filter: ['in', ['get', 'type'], ['literal', types]],
    paint: {
      // Normally open: hollow.
      'circle-color': ['case', ['to-boolean', ['get', 'normally_open']], palette.surface.ground, palette.map.device],
      'circle-radius': radius,
      'circle-stroke-color': palette.map.device,
      'circle-stroke-width': 1,
    },
  };
}

function colourByFeeder(palette: Palette, feederIds: readonly string[]): ExpressionSpecification | string {
  // `match` wants at least one branch.
  if (feederIds.length === 0) return palette.map.feederUnknown;
  const branches = feederIds.flatMap((feederId, index) => [
    feederId,
    palette.map.feeders[index % palette.map.feeders.length]!,
  ]);
  return ['match', ['get', 'feeder_id'], ...branches, palette.map.feederUnknown] as unknown as ExpressionSpecification;
}

function byTrunk(trunk: number, lateral: number): ExpressionSpecification {
  return ['case', ['==', ['get', 'phases'], 'ABC'], trunk, lateral];
}

function zoomed(fromZoom: number, from: number, toZoom: number, to: number): ExpressionSpecification {
  return ['interpolate', ['linear'], ['zoom'], fromZoom, from, toZoom, to];
}
