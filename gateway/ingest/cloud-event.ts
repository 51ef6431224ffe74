import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { parseFieldTime, timeProblem } from '../../operators/model/field-time.js';
import type { TimeZone } from '../../operators/model/time-zone.js';
import { GatewayError } from '../errors.js';

/** What a source record says of itself. */
export interface About {
  /** Who took it in: the last part of `/gateway/...`. */
  readonly by: string;
  /** What it is: the middle of `oms.....report`. */
  readonly what: string;
  readonly contentType: string;
  /** Id of the message, if the sender gave one. */
  readonly id?: string;
  /** Further headers, kept as they came. */
  readonly kept?: Readonly<Record<string, string>>;
}

/** Attributes of CloudEvents 1.0 as Kafka headers (binary mode): the value stays as it was received. */
export function cloudEventHeaders(
  { by, what, contentType, id, kept }: About,
  receivedAt: Date,
): Record<string, string> {
  return {
    ...kept,
    ce_specversion: '1.0',
    ce_id: id ?? randomUUID(),
    ce_source: `/gateway/${by}`,
    ce_type: `oms.${what}.report`,
    ce_time: receivedAt.toISOString(),
    'content-type': contentType,
  };
}

/**
 * When a request was taken in: now, or when a collector in the field says it took it (CloudEvents' HTTP binding).
 * @param zone of a time without one
 */
export function receivedAtOf({ headers }: FastifyRequest, zone: TimeZone): Date {
  const told = headers['ce-time'];
  const now = new Date();
  if (told === undefined) return now;
  const time = parseFieldTime(told, zone, now.getTime());
  if (time === null) throw new GatewayError('OMS_BAD_REQUEST', [`ce-time "${String(told)}" ${timeProblem(told)}.`]);
  return new Date(time);
}
