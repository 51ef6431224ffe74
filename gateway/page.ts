import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';
import { GatewayError } from './errors.js';
import { giveScope } from './scopes.js';

/** Only what is ours: scripts, styles, data of our own origin; MapLibre makes its worker and images from blobs. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** Beside the compiled gateway, or in `dist` when it runs from source. */
const ROOTS = ['../web/', '../dist/web/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** The dashboard, as built. */
export const page: FastifyPluginAsync = async (app) => {
  app.addHook('onSend', (_request, reply, payload, done) => {
    reply.header('content-security-policy', CONTENT_SECURITY_POLICY).header('x-content-type-options', 'nosniff');
    done(null, payload);
  });
  giveScope(app, 'open');
  const root = ROOTS.find((path) => existsSync(`${path}index.html`));
  if (root === undefined) {
    app.get('/', { schema: { hide: true } }, () => {
      throw new GatewayError('OMS_PAGE_NOT_BUILT');
    });
    return;
  }
  await app.register(fastifyStatic, {
    root,
    wildcard: false,
    cacheControl: false,
    setHeaders: (response, path) => {
      // Vite names what is in assets/ by its content; all else may change with the next build.
      const forever = path.startsWith(`${root}assets/`);
      response.setHeader('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
};
