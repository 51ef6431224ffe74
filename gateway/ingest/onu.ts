import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { MAX_VALUE_BYTES } from '../../operators/normalise/normalise.js';
import { errorAnswers } from '../errors.js';
import { EVENT_STREAM, eventFrame, EventStream } from '../event-stream.js';
import { json, readBytes } from './body.js';
import { acceptReports, INTAKE_ERRORS, READ_LATER, takeIn, type IntakeServices } from './intake.js';
import { DESCRIBED, TakenSchema } from './report.js';

/** Alerts of optical network units. */
export const onu: FastifyPluginAsyncTypebox<IntakeServices> = async (app, services) => {
  const { onuAlarms, metrics } = services;
  readBytes(app, { contents: [json(MAX_VALUE_BYTES)], budget: services.budget });

  app.post(
    '/onu-event',
    {
      config: { scope: 'open' },
      ...READ_LATER,
      schema: {
        summary: 'An alert of an ONU',
        tags: ['ingest'],
        body: DESCRIBED.onu,
        response: { 202: TakenSchema, ...errorAnswers(...INTAKE_ERRORS) },
      },
    },
    async (request, reply) => {
      const taken = await takeIn(services, request, {
        source: 'onu',
        by: 'onu',
        what: 'onu',
        contentType: 'application/json',
      });
      if (onuAlarms.size > 0) {
        onuAlarms.broadcast(taken.assessment.told.map((event) => eventFrame('alarm', event)).join(''));
      }
      return acceptReports(reply, taken);
    },
  );

  app.get(
    '/api/onu/alarms',
    {
      schema: { summary: 'ONU alerts as they come (server-sent events)', tags: ['ingest'], response: EVENT_STREAM },
      config: { scope: 'open', endless: true },
      exposeHeadRoute: false,
    },
    (_request, reply) => {
      const stream = new EventStream(reply);
      stream.send(eventFrame('hello', JSON.stringify({ at: new Date().toISOString() })));
      onuAlarms.add(stream);
      metrics.listeners.inc({ stream: 'onu' });
      stream.onClose(() => metrics.listeners.dec({ stream: 'onu' }));
    },
  );
};
