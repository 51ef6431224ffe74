import type { FastifyRequest } from 'fastify';
import type { ReportedEvent, Source } from '../../operators/event.js';
import { MAX_VALUE_BYTES, normalise, type Report } from '../../operators/normalise/normalise.js';
import { sourceTopics } from '../../topics.js';
import { GatewayError } from '../errors.js';
import type { Services } from '../services.js';
import type { ReportAnswer, Taken } from './body.js';
import { cloudEventHeaders, receivedAtOf, type About } from './cloud-event.js';

/** How a source's body is taken. */
export interface Intake extends About {
  readonly source: Source;
  /** Reasons for which the stream sets a report aside, but which are no fault of the sender. */
  readonly publishAnyway?: readonly string[];
}

/**
 * Publishes the body of a request as one source record, untouched, unless the stream would make nothing of it.
 * @returns what the stream will make of it: the events understood, and the answer about each report
 * @throws GatewayError OMS_NOTHING_ACCEPTED with the reason, OMS_BODY_TOO_LARGE, OMS_KAFKA_UNAVAILABLE
 */
export async function takeIn(
  { environment, topics, publisher, metrics }: Services,
  request: FastifyRequest,
  { source, publishAnyway = [], ...about }: Intake,
): Promise<{ readonly taken: Taken; readonly understood: readonly ReportedEvent[] }> {
  const { bytes } = request;
  if (bytes.length > MAX_VALUE_BYTES) throw new GatewayError('OMS_BODY_TOO_LARGE', [`${MAX_VALUE_BYTES} bytes`]);
  const receivedAt = receivedAtOf(request);
  const { naiveTimeOffsetMin: naiveOffsetMin } = environment;
  const reports = normalise(source, bytes, { receivedAt: receivedAt.getTime(), naiveOffsetMin });
  const events = reports.map((report) => answerOf(source, report));
  const understood = reports.flatMap((report) => ('event' in report ? [report.event] : []));
  for (const { reason } of events) if (reason !== undefined) metrics.rejected.inc({ source, reason });
  if (understood.length === 0 && !events.some(({ reason }) => publishAnyway.includes(reason ?? ''))) {
    throw new GatewayError('OMS_NOTHING_ACCEPTED', [events[0]?.detail ?? 'the body holds no report.'], {
      reason: events[0]?.reason,
      events,
    });
  }
  const headers = cloudEventHeaders(about, receivedAt);
  await publisher.publish(sourceTopics(topics)[source], { key: assetOf(understood), value: bytes, headers });
  metrics.accepted.inc({ source }, understood.length);
  const taken: Taken = {
    status: 'accepted',
    receivedAt: receivedAt.toISOString(),
    accepted: understood.length,
    rejected: events.length - understood.length,
    events,
  };
  return { taken, understood };
}

/** The asset that all events of a record are of; null if there are several. */
function assetOf(events: readonly ReportedEvent[]): string | null {
  const assetId = events[0]?.assetId ?? null;
  return events.every((event) => event.assetId === assetId) ? assetId : null;
}

function answerOf(source: Source, report: Report): ReportAnswer {
  const { index } = report;
  if ('event' in report) {
    return { index, status: 'accepted', source: report.event.source, sourceEventId: report.event.sourceEventId };
  }
  const { reason, detail } = report;
  return { index, status: 'rejected', source, sourceEventId: null, reason, detail };
}
