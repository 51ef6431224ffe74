import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { SOURCES, type Source } from '../../operators/event.js';
import { readCanonical } from '../../operators/normalise/canonical.js';
import { isFields, Refusal, type Reading } from '../../operators/normalise/fields.js';
import { MAX_VALUE_BYTES } from '../../operators/normalise/normalise.js';
import { sourceTopics } from '../../topics.js';
import { GatewayError } from '../errors.js';
import type { Services } from '../services.js';
import { readBytes, ReportAnswerSchema, type ReportAnswer } from './body.js';
import { cloudEventHeaders, receivedAtOf } from './cloud-event.js';
import { bodiesOf, linesOf } from './lines.js';

const Answer = Type.Object({
  accepted: Type.Integer(),
  rejected: Type.Integer(),
  events: Type.Array(ReportAnswerSchema),
});

/** One event of a body. */
interface Item {
  /** The line that it was sent on; of a list, what stands there: most lists go on whole. */
  readonly sent: unknown;
  /** The source it belongs to; null: it goes nowhere. */
  readonly source: Source | null;
  readonly assetId: string | null;
  readonly answer: ReportAnswer;
}

/** Events in our own form: one, a list, or a line each. */
export const canonical: FastifyPluginAsyncTypebox<Services> = async (app, services) => {
  const { environment, metrics, publisher, topics } = services;
  readBytes(app);

  app.post(
    '/api/oms/events',
    {
      schema: {
        summary: 'Canonical events: one, a list (application/json), or a line each (application/x-ndjson)',
        tags: ['ingest'],
        response: { 202: Answer },
      },
    },
    async (request, reply) => {
      const receivedAt = receivedAtOf(request);
      const reading = { receivedAt: receivedAt.getTime(), naiveOffsetMin: environment.naiveTimeOffsetMin };
      const { items, whole } = readItems(request, reading);
      const events = items.map(({ answer }) => answer);
      const rejected = events.filter(({ status }) => status === 'rejected');
      for (const { source, reason } of rejected) {
        metrics.rejected.inc({ source: source ?? 'unknown', reason: reason ?? '' });
      }
      if (rejected.length === events.length) {
        throw new GatewayError('OMS_NOTHING_ACCEPTED', [events[0]?.detail ?? 'the body holds no event.'], {
          accepted: 0,
          rejected: events.length,
          events,
        });
      }
      const headers = cloudEventHeaders(
        { by: 'events', what: 'canonical', contentType: whole ? 'application/json' : 'application/x-ndjson' },
        receivedAt,
      );
      const key = items.length === 1 ? items[0]!.assetId : null;
      const published = [...recordsOf(items, whole)].map(([source, value]) =>
        publisher.publish(sourceTopics(topics)[source], { key, value, headers }),
      );
      await Promise.all(published);
      for (const { status, source } of events) if (status === 'accepted') metrics.accepted.inc({ source: source! });
      return reply.code(202).send({ accepted: events.length - rejected.length, rejected: rejected.length, events });
    },
  );
};

/** The source records that items make: the whole body where it is of one source, else a line each, by source. */
function* recordsOf(items: readonly Item[], whole: Buffer | null): Generator<[Source, Buffer]> {
  const sources = new Set(items.flatMap(({ source }) => source ?? []));
  const [only] = sources;
  if (whole && sources.size === 1) {
    yield [only!, whole];
    return;
  }
  for (const source of sources) {
    const lines = items.filter((item) => item.source === source).map(({ sent }) => lineOf(sent));
    for (const body of bodiesOf(lines, MAX_VALUE_BYTES)) yield [source, body];
  }
}

/** The items of a body, and the body itself where it is not a line each. */
function readItems({ headers, bytes }: FastifyRequest, reading: Reading): { items: Item[]; whole: Buffer | null } {
  const type = headers['content-type'] ?? '';
  if (/ndjson|jsonl|json-lines/i.test(type)) {
    return { items: [...linesOf(bytes)].map((line, index) => readLine(line, index, reading)), whole: null };
  }
  if (!/json/i.test(type)) {
    throw new GatewayError('OMS_BAD_CONTENT_TYPE', [`"${type}" (but application/json and application/x-ndjson)`]);
  }
  if (bytes.length > MAX_VALUE_BYTES) {
    throw new GatewayError('OMS_BODY_TOO_LARGE', [
      `${MAX_VALUE_BYTES} bytes, which is the most for a list; application/x-ndjson may be larger`,
    ]);
  }
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (error) {
    throw new GatewayError('OMS_NOT_JSON', [(error as Error).message.slice(0, 200)]);
  }
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const items = list.map((item, index) => readItem(item, item, index, reading));
  return { items, whole: bytes };
}

function lineOf(sent: unknown): Buffer {
  return Buffer.isBuffer(sent) ? sent : Buffer.from(JSON.stringify(sent));
}

function readLine(line: Buffer, index: number, reading: Reading): Item {
  if (line.length > MAX_VALUE_BYTES) {
    return refused(
      line,
      index,
      null,
      'tooLarge',
      `The line has ${line.length} bytes; at most ${MAX_VALUE_BYTES} are read.`,
    );
  }
  try {
    return readItem(JSON.parse(line.toString()), line, index, reading);
  } catch (error) {
    return refused(line, index, null, 'notJson', `Not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
}

function readItem(value: unknown, sent: unknown, index: number, reading: Reading): Item {
  if (!isFields(value)) return refused(sent, index, null, 'wrongShape', 'Not an object.');
  try {
    const { source, sourceEventId, assetId } = readCanonical(value, reading);
    return { sent, source, assetId, answer: { index, status: 'accepted', source, sourceEventId } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const source = SOURCES.find((known) => known === value.source) ?? null;
    return refused(sent, index, source, error.reason, error.message);
  }
}

/** What is refused goes along with its source, so that it is seen beside what else was rejected. */
function refused(sent: unknown, index: number, source: Source | null, reason: string, detail: string): Item {
  return {
    sent,
    source,
    assetId: null,
    answer: { index, status: 'rejected', source, sourceEventId: null, reason, detail },
  };
}
