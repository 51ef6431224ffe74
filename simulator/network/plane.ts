/** A point, WGS 84 degrees. */
export interface Point {
  readonly lat: number;
  readonly lon: number;
}

const METRES_PER_DEGREE = 111_195;

/** The point so many metres east and north of another, to seven decimals (1 cm); flat, good for some ten kilometres. */
export function offset(from: Point, eastM: number, northM: number): Point {
  const lat = from.lat + northM / METRES_PER_DEGREE;
  const lon = from.lon + eastM / (METRES_PER_DEGREE * Math.cos((from.lat * Math.PI) / 180));
  return { lat: Math.round(lat * 1e7) / 1e7, lon: Math.round(lon * 1e7) / 1e7 };
}
