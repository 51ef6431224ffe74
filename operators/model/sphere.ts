/** Distances on the sphere, the same to the millimetre as PostGIS's `ST_DistanceSphere`. */

/** PostGIS's `WGS84_RADIUS`, (2a + b) / 3. */
export const EARTH_RADIUS_M = 6_371_008.771_415;

const RADIANS = Math.PI / 180;

/**
 * Great-circle distance of two points (degrees), rounded to the millimetre: a whole number of millimetres.
 * Formula: Vincenty's for the sphere, in the form of PostGIS's `sphere_distance`, exact near 0 and near the antipode.
 */
export function distanceMm(aLat: number, aLon: number, bLat: number, bLon: number): number {
  const deltaLon = (bLon - aLon) * RADIANS;
  const cosDeltaLon = Math.cos(deltaLon);
  const sinA = Math.sin(aLat * RADIANS);
  const cosA = Math.cos(aLat * RADIANS);
  const sinB = Math.sin(bLat * RADIANS);
  const cosB = Math.cos(bLat * RADIANS);
  const across = cosB * Math.sin(deltaLon);
  const along = cosA * sinB - sinA * cosB * cosDeltaLon;
  const angle = Math.atan2(Math.sqrt(across * across + along * along), sinA * sinB + cosA * cosB * cosDeltaLon);
  return Math.round(angle * EARTH_RADIUS_M * 1000);
}

/** Longitude (degrees) as an offset from `reference`, in [-180, 180): lets a feeder lie across the date line. */
export function relativeLon(lon: number, reference: number): number {
  const delta = lon - reference;
  return delta >= 180 ? delta - 360 : delta < -180 ? delta + 360 : delta;
}

/** The square of the straight-line distance, on the unit sphere, of two points `distanceM` apart along it. */
export function chordSquared(distanceM: number): number {
  if (distanceM <= 0) return 0;
  const half = Math.sin(Math.min(distanceM / EARTH_RADIUS_M, Math.PI) / 2);
  return 4 * half * half;
}

/** The distance along the sphere (metres, to the millimetre) of two points by the square of their chord. */
export function arcM(squaredChord: number): number {
  return Math.round(2 * Math.asin(Math.min(1, Math.sqrt(squaredChord) / 2)) * EARTH_RADIUS_M * 1000) / 1000;
}

/** A point's unit vector, written into `into` (x, y, z). */
export function unitVector(lat: number, lon: number, into: { x: number; y: number; z: number }): void {
  const cosLat = Math.cos(lat * RADIANS);
  into.x = cosLat * Math.cos(lon * RADIANS);
  into.y = cosLat * Math.sin(lon * RADIANS);
  into.z = Math.sin(lat * RADIANS);
}
