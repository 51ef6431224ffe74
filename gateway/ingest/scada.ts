import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Services } from '../services.js';
import { Id, LatLng, oneOrMany, optional, readJson, TakenSchema } from './body.js';
import { takeIn } from './intake.js';

const Alarm = Type.Object(
  {
    eventType: Type.String({ minLength: 1, examples: ['BreakerTrip'] }),
    substationId: Id,
    feederId: Id,
    mainStationId: Id,
    alarmType: Type.String({ minLength: 1, examples: ['De-energized', 'Energized'] }),
    timestamp: Type.String({ minLength: 1, description: 'ISO 8601' }),
    voltage: Type.Unsafe<number | string>({ type: ['number', 'string'], description: 'volts' }),
    severity: optional(Type.String()),
    reason: optional(Type.String()),
    coordinates: optional(LatLng),
    deviceId: optional(Id),
  },
  { additionalProperties: true },
);

/** Alarms of SCADA. */
export const scada: FastifyPluginAsyncTypebox<Services> = async (app, services) => {
  readJson(app);

  app.post(
    '/scada-mock-generator',
    { schema: { summary: 'A SCADA alarm', tags: ['ingest'], body: oneOrMany(Alarm), response: { 202: TakenSchema } } },
    async (request, reply) => {
      const sender = request.headers['x-scada-source'];
      const { taken } = await takeIn(services, request, {
        source: 'scada',
        by: 'scada',
        what: 'scada',
        contentType: 'application/json',
        kept: typeof sender === 'string' ? { 'x-scada-source': sender } : {},
      });
      return reply.code(202).send(taken);
    },
  );
};
