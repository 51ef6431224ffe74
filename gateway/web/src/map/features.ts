import type { Feature, FeatureCollection, LineString, Point } from 'geojson';
import { eventName, memberKeyOf, type Member, type OutageRecord, type Severity, type Source } from '../api/outages.js';
import type { OpenOutage } from '../feed/openOutages.js';

export interface OutageProperties {
  readonly outageId: string;
  readonly severity: Severity;
  readonly restored: boolean;
  readonly selected: boolean;
  readonly radius: number;
  /** Drawing order, greater above. */
  readonly order: number;
}

export interface MemberProperties {
  readonly name: string;
  readonly source: Source;
  readonly back: boolean;
  /** It opened the outage, or one that merged into it. */
  readonly opened: boolean;
}

/** Pixels: the area grows with the customers out, within what can be hit with a mouse and does not hide a feeder. */
export function outageRadius(customersOut: number): number {
  return Math.min(34, 5 + 0.55 * Math.sqrt(customersOut));
}

export function outageFeatures(
  outages: readonly OpenOutage[],
  selectedId: string | null,
): FeatureCollection<Point, OutageProperties> {
  const features: Feature<Point, OutageProperties>[] = [];
  for (const { record, restoredSeenAt } of outages) {
    const { center, outageId, severity, customersOut } = record;
    if (center === null) continue;
    const selected = outageId === selectedId;
    const radius = outageRadius(customersOut);
    features.push({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [center.lon, center.lat] },
      properties: {
        outageId,
        severity,
        restored: restoredSeenAt !== null,
        selected,
        radius,
        // A large circle must not bury a small one; the selected one lies at the bottom, its members above it.
        order: selected ? -1_000 : -radius + (severity === 'critical' ? 100 : 0),
      },
    });
  }
  return { type: 'FeatureCollection', features };
}

export function memberFeatures(members: readonly Member[]): FeatureCollection<Point, MemberProperties> {
  const features: Feature<Point, MemberProperties>[] = [];
  for (const { source, sourceEventId, kind, lat, lon, link } of members) {
    if (lat === null || lon === null) continue;
    const back = kind === 'restoration';
    features.push({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [lon, lat] },
      properties: { name: eventName(source, sourceEventId), source, back, opened: !back && link === null },
    });
  }
  return { type: 'FeatureCollection', features };
}

/** A line from every member to the one it links to by distance; links by reach would draw a star over the feeder. */
export function linkFeatures(members: readonly Member[]): FeatureCollection<LineString> {
  const byKey = new Map(members.map((member) => [memberKeyOf(member), member]));
  const features: Feature<LineString>[] = [];
  for (const { lat, lon, link, reach } of members) {
    if (link === null || link.distanceM === null || reach !== 'point') continue;
    const partner = byKey.get(memberKeyOf(link));
    if (lat === null || lon === null || !partner || partner.lat === null || partner.lon === null) continue;
    features.push({
      type: 'Feature',
      properties: {},
      geometry: {
        type: 'LineString',
        coordinates: [
          [lon, lat],
          [partner.lon, partner.lat],
        ],
      },
    });
  }
  return { type: 'FeatureCollection', features };
}

/** West, south, east, north, for the camera. */
export function boundsOf({
  minLat,
  minLon,
  maxLat,
  maxLon,
}: NonNullable<OutageRecord['bbox']>): [number, number, number, number] {
  return [minLon, minLat, maxLon, maxLat];
}
