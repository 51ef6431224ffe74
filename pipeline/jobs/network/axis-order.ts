/**
 * In which order the coordinates of a GeoJSON file stand. RFC 7946 knows `[lon, lat]` in WGS 84 only; older writers name a
 * reference system, and some of these have latitude first.
 */

export const AXIS_ORDERS = ['lon-lat', 'lat-lon'] as const;
export type AxisOrder = (typeof AXIS_ORDERS)[number];

/** Made for those who write longitude first. */
const CRS84 = /CRS:?84/i;
/**
 * WGS 84 by its full name in EPSG's register, where it has latitude first. Some who write this name keep to that, others write
 * longitude first all the same.
 */
const EPSG_BY_REGISTER =
  /^(urn:(x-)?ogc:def:crs:EPSG:[^:]*:|https?:\/\/www\.opengis\.net\/def\/crs\/EPSG\/[^/]+\/)(4326|4979)$/i;
/** Its short name: whoever writes it means longitude first. */
const EPSG_SHORT = /^EPSG:+(4326|4979)$|\/gml\/srs\/epsg\.xml#4326$/i;

/**
 * Tells the order by the reference system of a file.
 * @param crs the member of that name; null if there is none
 * @param given what somebody says of the file; null: nothing
 * @param report takes a sentence where the system is another, or its order cannot be known
 */
export function axisOrderOf(crs: unknown, given: AxisOrder | null, report: (message: string) => void): AxisOrder {
  const name = nameOf(crs);
  if (name === null || CRS84.test(name) || EPSG_SHORT.test(name)) return given ?? 'lon-lat';
  if (!EPSG_BY_REGISTER.test(name)) {
    report(`the coordinates are in ${JSON.stringify(crs)}; write them in WGS 84 (EPSG:4326).`);
  } else if (given === null) {
    report(
      `its crs ${JSON.stringify(name)} has latitude first, and GeoJSON has longitude first: say which holds by ` +
        '"oms network import --axis-order lat-lon" or "lon-lat", or leave crs out of a file in [lon, lat].',
    );
  }
  return given ?? 'lon-lat';
}

/** The name of a reference system; of one that is told otherwise, all that is told. */
function nameOf(crs: unknown): string | null {
  if (crs === null || typeof crs === 'string') return crs;
  if (typeof crs === 'object' && 'properties' in crs) {
    const { properties } = crs;
    if (typeof properties === 'object' && properties !== null && 'name' in properties) {
      return typeof properties.name === 'string' ? properties.name.trim() : JSON.stringify(properties.name);
    }
  }
  return JSON.stringify(crs);
}
