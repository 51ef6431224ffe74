import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { MAX_VALUE_BYTES } from '../../operators/normalise/normalise.js';
import { errorAnswers } from '../errors.js';
import { json, readBytes } from './body.js';
import { acceptReports, INTAKE_ERRORS, READ_LATER, takeIn, type IntakeServices } from './intake.js';
import { DESCRIBED, TakenSchema } from './report.js';

/** Alarms of SCADA. */
export const scada: FastifyPluginAsyncTypebox<IntakeServices> = async (app, services) => {
  readBytes(app, { contents: [json(MAX_VALUE_BYTES)], budget: services.budget });

  app.post(
    '/scada-mock-generator',
    {
      config: { scope: 'open' },
      ...READ_LATER,
      schema: {
        summary: 'A SCADA alarm',
        tags: ['ingest'],
        body: DESCRIBED.scada,
        response: { 202: TakenSchema, ...errorAnswers(...INTAKE_ERRORS) },
      },
    },
    async (request, reply) => {
      const sender = request.headers['x-scada-source'];
      const taken = await takeIn(services, request, {
        source: 'scada',
        by: 'scada',
        what: 'scada',
        contentType: 'application/json',
        kept: typeof sender === 'string' ? { 'x-scada-source': sender } : {},
      });
      return acceptReports(reply, taken);
    },
  );
};
