import type { FastifyInstance, RouteOptions } from 'fastify';
import { OmsError } from '../connections/errors.js';

/** What a caller must be allowed to do, to use a route. `open`: nothing, whoever reaches the port may. */
export const SCOPES = ['open'] as const;
export type Scope = (typeof SCOPES)[number];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which scope the route asks for; one without does not start. */
    scope?: Scope;
  }
}

/**
 * Makes an app that does not start with a route that names no scope: what is closed must not be open by forgetting it. To be
 * called before its routes are added.
 */
export function requireScopes(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  app.addHook('onReady', async () => {
    const without = routes.filter(({ config }) => config?.scope === undefined);
    if (without.length === 0) return;
    const names = without.map(({ method, url }) => `${[method].flat().join(', ')} ${url}`).join('; ');
    throw new OmsError('OMS_ROUTE_WITHOUT_SCOPE', `No scope is named by ${names}.`);
  });
}

/** Gives a scope to routes that others add, as a plugin that serves files does. To be called before they are added. */
export function giveScope(app: FastifyInstance, scope: Scope): void {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, scope };
  });
}
