import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Services } from './services.js';

const Ready = Type.Object({ status: Type.Enum(['ready', 'not ready']), missing: Type.Array(Type.String()) });

/** What those who run the gateway ask: does it live, can it work, how does it do. */
export const operation: FastifyPluginAsyncTypebox<Services> = async (app, { readiness, metrics }) => {
  app.get('/health', { schema: { summary: 'The gateway lives', tags: ['operation'] } }, () => ({ status: 'alive' }));

  app.get(
    '/ready',
    { schema: { summary: 'The gateway can work', tags: ['operation'], response: { 200: Ready, 503: Ready } } },
    async (_request, reply) => {
      const missing = await readiness.missing();
      if (missing.length === 0) return reply.send({ status: 'ready', missing: [] });
      return reply
        .code(503)
        .header('retry-after', '5')
        .send({ status: 'not ready', missing: [...missing] });
    },
  );

  app.get('/metrics', { schema: { summary: 'Figures for Prometheus', tags: ['operation'] } }, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
};
