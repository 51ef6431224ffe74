import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Environment } from '../../connections/environment.js';
import { traces } from '../../connections/telemetry/traces.js';
import { sourceTopics } from '../../connections/topics.js';
import { GIVEN_CODES } from '../../operators/normalise/code-table.js';
import { GatewayError } from '../errors.js';
import type { Services } from '../services.js';
import type { Assessment, ReceivedBody } from './assessment.js';
import type { Assessor } from './assessor.js';
import { NOTHING } from './body.js';
import type { BodyBudget } from './body-budget.js';
import { cloudEventHeaders, receivedAtOf, type About } from './cloud-event.js';
import type { RoutedSource } from './report.js';

/** What the routes work with that take reports in. */
export interface IntakeServices extends Services {
  readonly assessor: Assessor;
  readonly budget: BodyBudget;
}

/** Of a route whose body is read by {@link takeIn}: its schema describes it, and is not checked a second time. */
export const READ_LATER = { validatorCompiler: () => () => true } as const;

/** The errors of routes that take reports in. */
export const INTAKE_ERRORS = [
  'OMS_BAD_REQUEST',
  'OMS_NOT_JSON',
  'OMS_NOTHING_ACCEPTED',
  'OMS_BODY_TOO_LARGE',
  'OMS_BAD_CONTENT_TYPE',
  'OMS_KAFKA_UNAVAILABLE',
  'OMS_BUSY',
] as const;

/** How a source's body is taken. */
export interface Intake extends About {
  readonly source: RoutedSource;
  /** Reasons for which the stream sets a report aside, but which are no fault of the sender. */
  readonly publishAnyway?: readonly string[];
}

/** What was taken of a request. */
export interface Taken {
  readonly receivedAt: Date;
  readonly assessment: Assessment;
}

/**
 * Publishes the body of a request as one source record, untouched, unless the stream would make nothing of it.
 * @returns what the stream will make of it
 * @throws GatewayError OMS_NOTHING_ACCEPTED with the reason, OMS_NOT_JSON, OMS_BAD_REQUEST, OMS_KAFKA_UNAVAILABLE
 */
export async function takeIn(
  services: IntakeServices,
  request: FastifyRequest,
  { source, publishAnyway = [], ...about }: Intake,
): Promise<Taken> {
  const receivedAt = receivedAtOf(request, services.environment.timeZone);
  const assessment = await assessed(services, receivedBody(source, request, receivedAt, services.environment));
  const { accepted, rejectedByReason, refused } = assessment;
  if (accepted === 0 && !publishAnyway.some((reason) => Object.hasOwn(rejectedByReason, reason))) {
    throw nothingAccepted(assessment, 'the body holds no report.', { reason: refused[0]?.reason });
  }
  const key = accepted === 0 ? null : assessment.assetId;
  await publish(services, assessment, key, cloudEventHeaders(about, receivedAt), traces.sentWith(request.headers));
  return { receivedAt, assessment };
}

/** The body of a request, to be assessed: the request has it no more. */
export function receivedBody(
  as: ReceivedBody['as'],
  request: FastifyRequest,
  receivedAt: Date,
  { timeZone: zone, sourceCodes: codes }: Environment,
): ReceivedBody {
  const { bytes } = request;
  request.bytes = NOTHING;
  request.body = undefined;
  // It may go to a thread: the given ones are there.
  return { as, bytes, receivedAt: receivedAt.getTime(), zone, ...(codes === GIVEN_CODES ? {} : { codes }) };
}

/** Assesses a body, and counts what is refused of it. */
export async function assessed({ assessor, metrics }: IntakeServices, body: ReceivedBody): Promise<Assessment> {
  const assessment = await assessor.assess(body);
  for (const { source, reason, count } of assessment.refusals) {
    metrics.rejected.inc({ source: source ?? 'unknown', reason }, count);
    traces.step({
      name: 'refuse',
      attributes: { 'oms.source': source ?? 'unknown', 'oms.events': count },
      failure: reason,
    });
  }
  return assessment;
}

/**
 * Publishes the records of a body; resolves when Kafka has all of them. Several go to one partition, in their order.
 * @param key by which the partition is chosen; null: any
 * @param from the trace that the request was sent with, if any
 */
export async function publish(
  { publisher, topics, metrics }: IntakeServices,
  { records, acceptedBySource }: Assessment,
  key: string | null,
  headers: Readonly<Record<string, string>>,
  from: Readonly<Record<string, string>>,
): Promise<void> {
  const accepted = Object.values(acceptedBySource).reduce((sum, count) => sum + count, 0);
  const followed = traces.receive(accepted, from, headers.ce_type);
  const keyOfAll = key ?? (records.length > 1 ? randomUUID() : null);
  await Promise.all(
    records.map(({ source, value: { buffer, byteOffset, byteLength } }) =>
      publisher.publish(sourceTopics(topics)[source], {
        key: keyOfAll,
        value: Buffer.from(buffer, byteOffset, byteLength),
        headers: { ...headers, ...followed },
      }),
    ),
  );
  for (const [source, count] of Object.entries(acceptedBySource)) metrics.accepted.inc({ source }, count);
}

/** Why nothing of a body was taken: its first refusal, or that it is empty. */
export function nothingAccepted(
  { refused, rejected, rejectedByReason }: Assessment,
  ifEmpty: string,
  details: Readonly<Record<string, unknown>> = {},
): GatewayError {
  return new GatewayError('OMS_NOTHING_ACCEPTED', [refused[0]?.detail ?? ifEmpty], {
    ...details,
    accepted: 0,
    rejected,
    rejectedByReason,
    events: refused,
  });
}

/** A reply, whatever its schema: what is sent is text already. */
interface Reply {
  code(status: 202): unknown;
}

/** Answers for what was taken: the fields, what was counted, and the list of answers, which is JSON already. */
export function accept(
  reply: Reply,
  { accepted, rejected, rejectedByReason, events }: Assessment,
  fields: Readonly<Record<string, unknown>> = {},
): FastifyReply {
  const counted = JSON.stringify({ ...fields, accepted, rejected, rejectedByReason });
  return (reply.code(202) as FastifyReply).type('application/json').send(`${counted.slice(0, -1)},"events":${events}}`);
}

/** Answers for a source's reports that were taken. */
export function acceptReports(
  reply: Reply,
  { receivedAt, assessment }: Taken,
  fields: Readonly<Record<string, unknown>> = {},
): FastifyReply {
  return accept(reply, assessment, { status: 'accepted', receivedAt: receivedAt.toISOString(), ...fields });
}
