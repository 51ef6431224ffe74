import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { VARIABLES, type Environment } from '../../connections/environment.js';
import { REACHES } from '../../operators/model/event.js';
import { REPORT_REJECTIONS, UNPLACED_REASONS } from '../../operators/model/rejections.js';
import type { Report } from '../../operators/normalise/normalise.js';
import { CanonicalEventSchema } from '../../operators/normalise/report-schema.js';
import { reportsIn, trialOf, WORDINGS } from '../../operators/place/trial.js';
import { errorAnswers, GatewayError } from '../errors.js';
import { readBytes, type Content } from '../ingest/body.js';
import { receivedAtOf } from '../ingest/cloud-event.js';
import { LISTED_REFUSALS } from '../ingest/report.js';
import type { Services } from '../services.js';

/** What is read at once, in the time of a few small requests: larger bodies are for `oms read`. */
const MAX_BYTES = 64 * 1024;
/** Whatever its sender calls it: it goes by its bytes, and does nothing that a browser could be made to do. */
const ANY: Content = { name: 'any type', types: /^/, maxBytes: MAX_BYTES };

const Asked = Type.Object({
  source: Type.Enum([...WORDINGS], { description: 'whose words the body is in; canonical: ours' }),
  zone: Type.Optional(
    Type.String({
      maxLength: 64,
      description: `zone of times that come without one, as in ${VARIABLES.timeZone.name}`,
    }),
  ),
});

const body = { schema: { description: 'the body as it would be sent' } };
const Body = { content: { 'application/json': body, 'application/x-ndjson': body, 'text/xml': body } };

const reason = (reasons: readonly string[]) =>
  Type.Object({ reason: Type.Enum([...reasons]), detail: Type.String({ description: 'a sentence' }) });
const Key = Type.String({ description: 'SUBSTATION/FEEDER' });
const Placed = Type.Object({
  key: Key,
  lat: Type.Number(),
  lon: Type.Number(),
  reach: Type.Enum([...REACHES]),
  flags: Type.Array(Type.String()),
});
const Trial = Type.Object(
  {
    index: Type.Integer({ minimum: 0, description: 'its number in the body, from 0' }),
    event: Type.Optional(Type.With(CanonicalEventSchema, { description: 'the report in canonical form' })),
    key: Type.Optional(Key),
    placed: Type.Optional(
      Type.Array(Placed, { description: 'a report on a whole substation is placed on each feeder' }),
    ),
    unplaced: Type.Optional(reason(UNPLACED_REASONS)),
    refused: Type.Optional(reason(REPORT_REJECTIONS)),
  },
  { description: 'event with placed or unplaced, or refused' },
);
const Answer = Type.Object({
  understood: Type.Integer({ minimum: 0 }),
  refused: Type.Integer({ minimum: 0 }),
  refusedByReason: Type.Record(Type.String(), Type.Integer({ minimum: 1 })),
  reports: Type.Array(Trial, {
    description: `each report that is understood and the first ${LISTED_REFUSALS} that are refused, in their order`,
  }),
});

/** What a body would become, without taking it in: what `oms read` says, by the network that is in use. */
export const read: FastifyPluginAsyncTypebox<Services> = async (app, { environment, network }) => {
  readBytes(app, { contents: [ANY] });

  app.post(
    '/api/oms/read',
    {
      config: { scope: 'open' },
      schema: {
        summary: 'What a body would become, and where it would be placed; nothing of it is taken in',
        tags: ['ingest'],
        querystring: Asked,
        body: Body,
        response: { 200: Answer, ...errorAnswers('OMS_BAD_REQUEST', 'OMS_BODY_TOO_LARGE', 'OMS_DATABASE_UNAVAILABLE') },
      },
    },
    async (request) => {
      const { source, zone: named } = request.query;
      const zone = named === undefined ? environment.timeZone : zoneOf(named);
      const receivedAt = receivedAtOf(request, zone).getTime();
      const reports = reportsIn(source, request.bytes, { receivedAt, zone, codes: environment.sourceCodes });
      const events = reports.flatMap((report) => ('event' in report ? [report.event] : []));
      const registry = events.length === 0 ? null : await network.registryFor(events);
      return { ...countsOf(reports, events.length), reports: listed(reports).map((one) => trialOf(one, registry)) };
    },
  );
};

function zoneOf(text: string): Environment['timeZone'] {
  try {
    // Whoever writes +03:00 into an address as it is sends a blank.
    return VARIABLES.timeZone.read(text.replace(/^ /, '+'));
  } catch (error) {
    throw new GatewayError('OMS_BAD_REQUEST', [`zone is wrong: expected ${(error as Error).message}.`]);
  }
}

function countsOf(reports: readonly Report[], understood: number) {
  const byReason = new Map<string, number>();
  for (const report of reports) {
    if ('reason' in report) byReason.set(report.reason, (byReason.get(report.reason) ?? 0) + 1);
  }
  return { understood, refused: reports.length - understood, refusedByReason: Object.fromEntries(byReason) };
}

/** A body of nothing but refusals must not be answered with many times its size. */
function listed(reports: readonly Report[]): Report[] {
  let refused = 0;
  return reports.filter((report) => 'event' in report || refused++ < LISTED_REFUSALS);
}
