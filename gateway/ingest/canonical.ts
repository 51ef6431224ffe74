import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { MAX_VALUE_BYTES } from '../../operators/normalise/normalise.js';
import { CanonicalEventSchema, oneOrMany } from '../../operators/normalise/report-schema.js';
import { errorAnswers } from '../errors.js';
import { isContent, json, jsonLines, readBytes } from './body.js';
import { traces } from '../../connections/telemetry/traces.js';
import { cloudEventHeaders, receivedAtOf } from './cloud-event.js';
import {
  accept,
  assessed,
  INTAKE_ERRORS,
  nothingAccepted,
  publish,
  READ_LATER,
  receivedBody,
  type IntakeServices,
} from './intake.js';
import { CountsSchema } from './report.js';

const Body = {
  content: {
    'application/json': { schema: oneOrMany(CanonicalEventSchema) },
    'application/x-ndjson': { schema: { type: 'string', description: 'a canonical event a line' } },
  },
};

/** Events in our own form: one, a list, or a line each. */
export const canonical: FastifyPluginAsyncTypebox<IntakeServices> = async (app, services) => {
  const { bodyLimitMb } = services.environment;
  const lines = jsonLines(bodyLimitMb * 1024 * 1024);
  readBytes(app, { contents: [json(MAX_VALUE_BYTES), lines], budget: services.budget });

  app.post(
    '/api/oms/events',
    {
      config: { scope: 'open' },
      ...READ_LATER,
      schema: {
        summary: 'Canonical events: one, a list (application/json), or a line each (application/x-ndjson)',
        tags: ['ingest'],
        body: Body,
        response: { 202: CountsSchema, ...errorAnswers(...INTAKE_ERRORS) },
      },
    },
    async (request, reply) => {
      const receivedAt = receivedAtOf(request, services.environment.timeZone);
      const as = isContent(request, lines) ? 'canonicalLines' : 'canonicalList';
      const assessment = await assessed(services, receivedBody(as, request, receivedAt, services.environment));
      const { accepted, rejected, assetId } = assessment;
      if (accepted === 0) throw nothingAccepted(assessment, 'the body holds no event.');
      const contentType = as === 'canonicalList' ? 'application/json' : 'application/x-ndjson';
      const headers = cloudEventHeaders({ by: 'events', what: 'canonical', contentType }, receivedAt);
      const key = accepted + rejected === 1 ? assetId : null;
      await publish(services, assessment, key, headers, traces.sentWith(request.headers));
      return accept(reply, assessment);
    },
  );
};
