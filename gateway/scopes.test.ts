import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { giveScope, requireScopes } from './scopes.js';

it('an app with a route that names no scope does not start, and says which', async () => {
  const app = Fastify();
  requireScopes(app);
  app.get('/known', { config: { scope: 'open' } }, () => 'known');
  app.register(async (own) => {
    own.post('/forgotten', () => 'forgotten');
  });
  await expect(app.ready()).rejects.toThrow('No scope is named by POST /forgotten.');
});

it('a scope is given to routes that a plugin adds', async () => {
  const app = Fastify();
  requireScopes(app);
  app.register(async (own) => {
    giveScope(own, 'open');
    own.get('/file', () => 'file');
  });
  await app.ready();
  expect((await app.inject('/file')).body).toBe('file');
});
