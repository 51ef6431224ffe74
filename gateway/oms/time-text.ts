import { parseTime } from '../../operators/model/time.js';
import { GatewayError } from '../errors.js';

/** Later, ISO 8601 needs more than four digits for the year, which PostgreSQL does not read. */
const END_OF_TIME = Date.UTC(10_000, 0);

/**
 * The time that a caller names, epoch ms.
 * @param name of the field, for the sentence
 * @param naiveOffsetMin offset of times that come without a zone, minutes east of UTC
 * @throws GatewayError OMS_BAD_REQUEST if it is none
 */
export function timeOf(name: string, text: string, naiveOffsetMin: number): number {
  const time = parseTime(text, naiveOffsetMin);
  if (time === null || time >= END_OF_TIME) {
    throw new GatewayError('OMS_BAD_REQUEST', [`${name} "${text}" is not a time: expected ISO 8601.`]);
  }
  return time;
}
