import type { FastifyInstance } from 'fastify';
import { GatewayError } from './errors.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** The error for a request that no route takes: its path is unknown, or known for other methods. */
    noRoute(request: { readonly method: string; readonly url: string }): GatewayError;
  }
}

interface Path {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Makes the app know which methods its paths take. To be called before its routes are added. */
export function knowRoutes(app: FastifyInstance): void {
  const paths = new Map<string, Path>();
  app.addHook('onRoute', ({ url, method }) => {
    // What takes any path says nothing of this one.
    if (url.includes('*')) return;
    const path = paths.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    paths.set(url, path);
    for (const one of [method].flat()) path.methods.add(one);
  });
  app.decorate('noRoute', ({ method, url }) => {
    const asked = url.split('?')[0]!;
    const allowed = [...paths.values()].flatMap(({ pattern, methods }) => (pattern.test(asked) ? [...methods] : []));
    if (allowed.length === 0) return new GatewayError('OMS_NO_ROUTE', [`${method} ${asked}`]);
    const allow = [...new Set(allowed)].sort().join(', ');
    return new GatewayError('OMS_BAD_METHOD', [method, allow], {}, { allow });
  });
}

/** Which addresses a route's url stands for. */
function patternOf(url: string): RegExp {
  const parts = url.split(/(:\w+)/).map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[^\w/]/g, '\\$&')));
  return new RegExp(`^${parts.join('')}$`);
}
