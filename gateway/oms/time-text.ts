import { parseTime } from '../../operators/model/time.js';
import type { TimeZone } from '../../operators/model/time-zone.js';
import { GatewayError } from '../errors.js';

/** Later, ISO 8601 needs more than four digits for the year, which PostgreSQL does not read. */
const END_OF_TIME = Date.UTC(10_000, 0);

/**
 * The time that a caller names, epoch ms.
 * @param name of the field, for the sentence
 * @param zone of times that come without one
 * @throws GatewayError OMS_BAD_REQUEST if it is none
 */
export function timeOf(name: string, text: string, zone: TimeZone): number {
  const time = parseTime(text, zone);
  if (time === null || time >= END_OF_TIME) {
    throw new GatewayError('OMS_BAD_REQUEST', [`${name} "${text}" is not a time: expected ISO 8601.`]);
  }
  return time;
}
