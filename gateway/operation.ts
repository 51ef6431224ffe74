import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { HealthPort, StageBeatFields } from '../connections/beat-schema.js';
import { errorAnswers } from './errors.js';
import type { Services } from './services.js';

const Sentences = Type.Array(Type.String(), { description: 'a sentence each' });
const Stages = Type.Array(
  Type.Object({
    slot: Type.String(),
    host: Type.String(),
    pid: Type.Integer(),
    port: HealthPort,
    heardAgoMs: Type.Number(),
    ...StageBeatFields,
  }),
  { description: 'the stages of the pipeline, as last heard of' },
);
const Health = Type.Object({ status: Type.Enum(['ok', 'degraded']), reasons: Sentences, stages: Stages });
const Ready = Type.Object({
  status: Type.Enum(['ready', 'degraded', 'not ready'], {
    description: 'degraded: reports are taken, and wait for a stage that stands still',
  }),
  missing: Sentences,
  reasons: Sentences,
  installation: Type.Union([Type.String(), Type.Null()], {
    description: 'id of the Kafka cluster, and a topic of ours',
  }),
});

const Figures = { 200: { description: 'Text', content: { 'text/plain': { schema: Type.String() } } } };

/** What those who run the gateway ask: does it live, can it work, how does it do. */
export const operation: FastifyPluginAsyncTypebox<Services> = async (
  app,
  { readiness, roster, metrics, complaints },
) => {
  app.get(
    '/health',
    {
      config: { scope: 'open' },
      schema: {
        summary: 'The gateway lives, and what it has heard of the stages',
        tags: ['operation'],
        response: { 200: Health, ...errorAnswers() },
      },
    },
    () => {
      const reasons = [...roster.complaints(), ...complaints()];
      return {
        status: reasons.length === 0 ? ('ok' as const) : ('degraded' as const),
        reasons,
        stages: roster.stages(),
      };
    },
  );

  app.get(
    '/ready',
    {
      config: { scope: 'open' },
      schema: {
        summary: 'The gateway can work',
        tags: ['operation'],
        response: { 200: Ready, 503: Ready, ...errorAnswers() },
      },
    },
    async (_request, reply) => {
      const missing = [...(await readiness.missing())];
      const reasons = [...roster.complaints(), ...complaints()];
      const { installation } = readiness;
      // A stage that stands still is no reason to turn reports away: Kafka keeps them for it.
      if (missing.length === 0)
        return reply.send({ status: reasons.length === 0 ? 'ready' : 'degraded', missing, reasons, installation });
      return reply.code(503).header('retry-after', '5').send({ status: 'not ready', missing, reasons, installation });
    },
  );

  app.get(
    '/metrics',
    {
      config: { scope: 'open' },
      schema: { summary: 'Figures for Prometheus', tags: ['operation'], response: Figures },
    },
    async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
};
