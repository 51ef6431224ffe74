import swagger from '@fastify/swagger';
import Fastify, { LogController, type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { documents } from './documents.js';
import { answerErrors } from './errors.js';
import { callCenter } from './ingest/call-center.js';
import { canonical } from './ingest/canonical.js';
import { correlate } from './ingest/correlate.js';
import { kaifa } from './ingest/kaifa.js';
import { onu } from './ingest/onu.js';
import { scada } from './ingest/scada.js';
import { commands } from './oms/commands.js';
import { network } from './oms/network.js';
import { outageDetail } from './oms/outage-detail.js';
import { outages } from './oms/outages.js';
import { stream } from './oms/stream.js';
import { operation } from './operation.js';
import { page } from './page.js';
import type { Services } from './services.js';
import { tiles } from './tiles.js';
import { checkBySchema } from './validation.js';

/** Every route of the gateway; the app is the list of them. */
const PLUGINS = [
  scada,
  kaifa,
  onu,
  callCenter,
  canonical,
  correlate,
  outages,
  outageDetail,
  network,
  stream,
  commands,
  tiles,
  operation,
];

/**
 * The gateway as an app that listens nowhere yet.
 * @param services what its routes work with
 * @param logger Fastify's; left out: nothing is logged
 */
export function buildApp(services: Services, logger: FastifyServerOptions['logger'] = false): FastifyInstance {
  const bodyLimit = services.environment.bodyLimitMb * 1024 * 1024;
  const app: FastifyInstance = Fastify({
    logger,
    bodyLimit,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: 300 },
  });
  checkBySchema(app);
  answerErrors(app, bodyLimit);
  services.metrics.watch(app);
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'OMS gateway', version: '1', description: 'How events and people come in, and outages go out.' },
    },
  });
  for (const plugin of PLUGINS) app.register(plugin, services);
  app.register(documents);
  app.register(page);
  return app;
}
