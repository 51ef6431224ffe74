import type { FastifyPluginAsync } from 'fastify';

/** What the gateway understands, as OpenAPI. */
export const documents: FastifyPluginAsync = async (app) => {
  app.get('/openapi.json', { config: { scope: 'open' }, schema: { hide: true } }, () => app.swagger());
};
