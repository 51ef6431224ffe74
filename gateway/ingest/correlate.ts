import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { KINDS, REACHES, type ReportedEvent } from '../../operators/model/event.js';
import { bySource, SOURCES, type Source } from '../../operators/model/source.js';
import { contentIdOf } from '../../operators/model/identity.js';
import type { TimeZone } from '../../operators/model/time-zone.js';
import { readCanonical } from '../../operators/normalise/canonical.js';
import type { CodeTable } from '../../operators/normalise/code-table.js';
import { isAbsent, Refusal } from '../../operators/normalise/fields.js';
import { Id, optional } from '../../operators/normalise/report-schema.js';
import { GIVEN_RULE_SETS } from '../../operators/model/rules.js';
import { traces } from '../../connections/telemetry/traces.js';
import { sourceTopics } from '../../connections/topics.js';
import type { Answer } from '../answers.js';
import { errorAnswers, GatewayError } from '../errors.js';
import type { Services } from '../services.js';
import { JSON_ERRORS, readJson } from './body.js';
import { cloudEventHeaders, receivedAtOf } from './cloud-event.js';
import { outageOfDuplicate } from './duplicates.js';
import { kindOfWord } from './event-words.js';

const WINDOW_MINUTES = GIVEN_RULE_SETS.standard.windowMs / 60_000;
const RADIUS_METERS = GIVEN_RULE_SETS.standard.radiusM;

const Metadata = Type.Object(
  {
    meter_id: optional(Id),
    onu_id: optional(Id),
    asset_id: optional(Id),
    device_id: optional(Id),
    customer_id: optional(Id),
    substation_id: optional(Id),
    feeder_id: optional(Id),
    dp_id: optional(Id),
    reach: optional(Type.Enum([...REACHES])),
  },
  { additionalProperties: true },
);
type Metadata = Type.Static<typeof Metadata>;

/** A number or the text of one. */
function degrees(most: number) {
  return Type.Unsafe<string | number>({ type: ['number', 'string'], minimum: -most, maximum: most });
}

const Correlation = Type.Object({
  event_type: Type.String({ minLength: 1, description: `${KINDS.join(', ')}, or a source's own word for it` }),
  source_type: Type.Enum([...SOURCES]),
  source_event_id: optional(Id),
  timestamp: Type.Unsafe<string | number>({
    type: ['string', 'number'],
    minLength: 1,
    description: 'ISO 8601, without a zone of the configured one; or seconds or milliseconds since 1970',
  }),
  latitude: optional(degrees(90)),
  longitude: optional(degrees(180)),
  correlation_window_minutes: optional(Type.Number({ exclusiveMinimum: 0 })),
  spatial_radius_meters: optional(Type.Number({ exclusiveMinimum: 0 })),
  metadata: optional(Metadata),
});
type Correlation = Type.Static<typeof Correlation>;

const Warnings = Type.Array(Type.String());
const Correlated = Type.Object({
  outage_event_id: Type.Union([Type.String({ format: 'uuid' }), Type.Null()]),
  status: Type.Enum(['correlated', 'restored', 'no_outage', 'late', 'unplaced', 'duplicate', 'rejected']),
  event_id: Type.String(),
  source_type: Type.String(),
  source_event_id: Type.String(),
  reason: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  warnings: Warnings,
});
const Pending = Type.Object({
  event_id: Type.String(),
  status: Type.Literal('accepted'),
  source_type: Type.String(),
  source_event_id: Type.String(),
  warnings: Warnings,
});

/** What metadata call an asset of a kind. */
const NAMED = { device: 'device_id', meter: 'meter_id', onu: 'onu_id', customer: 'customer_id' } as const;
/** The assets that metadata may name, by how likely the source means them: one of no kind is likelier than a second kind. */
const ASSETS_OF: Readonly<Record<Source, readonly (keyof Metadata)[]>> = bySource(
  (_, { lookedUp: [first, ...others] }) => [NAMED[first!], 'asset_id', ...others.map((kind) => NAMED[kind])],
);

/** One event, and at once what became of it: for callers that know nothing of topics. */
export const correlate: FastifyPluginAsyncTypebox<Services> = async (app, services) => {
  const { answers, database, environment, metrics, publisher, topics } = services;
  readJson(app);

  app.post(
    '/api/oms/events/correlate',
    {
      config: { scope: 'open' },
      schema: {
        summary: 'An event, answered with the outage it belongs to',
        tags: ['ingest'],
        body: Correlation,
        response: {
          200: Correlated,
          202: Pending,
          ...errorAnswers(...JSON_ERRORS, 'OMS_UNKNOWN_WORD', 'OMS_NOTHING_ACCEPTED', 'OMS_KAFKA_UNAVAILABLE'),
        },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const deadline = Date.now() + environment.answerTimeoutMs;
      const receivedAt = receivedAtOf(request, environment.timeZone);
      const event = canonicalOf(body, environment.sourceCodes);
      // Its id as the stream will know it: what is around it goes.
      const { source, sourceEventId, assetId } = readEvent(event, receivedAt, environment.timeZone);
      const warnings = warningsOf(body);
      const waiter = answers.wait(event, environment.answerTimeoutMs);
      if (!waiter) warnings.push('Too many callers wait for an answer: this one is not awaited.');
      const topic = sourceTopics(topics)[source];
      try {
        const headers = cloudEventHeaders(
          { by: 'correlate', what: 'canonical', contentType: 'application/json' },
          receivedAt,
        );
        const followed = traces.receive(1, traces.sentWith(request.headers), headers.ce_type);
        const record = { key: assetId, value: JSON.stringify(event), headers: { ...headers, ...followed } };
        waiter?.publishedAt({ topic, ...(await publisher.publish(topic, record)) });
      } catch (error) {
        waiter?.leave();
        throw error;
      }
      metrics.accepted.inc({ source });
      const answer = (await waiter?.answer) ?? null;
      const common = { event_id: `${source}/${sourceEventId}`, source_type: source, source_event_id: sourceEventId };
      if (!answer) return reply.code(202).send({ ...common, status: 'accepted', warnings });
      let outageId = 'outageId' in answer ? answer.outageId : null;
      if (answer.status === 'duplicate') {
        outageId = await outageOfDuplicate(database, event, deadline);
        if (outageId === null) warnings.push('The first copy of this event is not known to be part of an outage.');
      }
      return { ...common, outage_event_id: outageId, status: answer.status, ...reasonOf(answer), warnings };
    },
  );
};

/** The event in canonical form. Without an id it gets that of its content, so that a copy is known as one. */
function canonicalOf(body: Correlation, codes: CodeTable) {
  const { event_type: type, source_type: source, timestamp, latitude, longitude } = body;
  const kind = kindOfWord(type, codes);
  if (!kind) throw new GatewayError('OMS_UNKNOWN_WORD', [type]);
  const metadata = body.metadata ?? {};
  const text = (name: keyof Metadata): string | null => {
    const id = metadata[name];
    return isAbsent(id) ? null : String(id);
  };
  const content = {
    source,
    kind,
    type,
    assetId: ASSETS_OF[source].map(text).find((id) => id !== null) ?? null,
    occurredAt: timestamp,
    lat: latitude ?? null,
    lon: longitude ?? null,
    feederId: text('feeder_id'),
    substationId: text('substation_id'),
    dpId: text('dp_id'),
    reach: metadata.reach ?? null,
  };
  const sourceEventId = body.source_event_id;
  return { ...content, sourceEventId: isAbsent(sourceEventId) ? contentIdOf(content) : String(sourceEventId) };
}

function readEvent(event: ReturnType<typeof canonicalOf>, receivedAt: Date, zone: TimeZone): ReportedEvent {
  try {
    return readCanonical(event, { receivedAt: receivedAt.getTime(), zone });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new GatewayError('OMS_NOTHING_ACCEPTED', [error.message], { reason: error.reason });
  }
}

/** Window and radius belong to the rule set in force: one caller cannot have other ones than all the others. */
function warningsOf({ correlation_window_minutes: minutes, spatial_radius_meters: meters }: Correlation): string[] {
  const warnings = [];
  if (minutes !== undefined && minutes !== null && minutes !== WINDOW_MINUTES) {
    warnings.push(`correlation_window_minutes ${minutes} was not used: the rule set in force says which window holds.`);
  }
  if (meters !== undefined && meters !== null && meters !== RADIUS_METERS) {
    warnings.push(`spatial_radius_meters ${meters} was not used: the rule set in force says which radius holds.`);
  }
  return warnings;
}

function reasonOf(answer: Answer): { reason?: string; detail?: string } {
  return {
    ...('reason' in answer ? { reason: answer.reason } : {}),
    ...('detail' in answer ? { detail: answer.detail } : {}),
  };
}
