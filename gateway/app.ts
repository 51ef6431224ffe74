import swagger from '@fastify/swagger';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Logger } from 'pino';
import { documents } from './documents.js';
import { answerError, answerErrors, MAX_PARAM_LENGTH } from './errors.js';
import { Assessor } from './ingest/assessor.js';
import { BodyBudget } from './ingest/body-budget.js';
import { callCenter } from './ingest/call-center.js';
import { canonical } from './ingest/canonical.js';
import { correlate } from './ingest/correlate.js';
import { kaifa } from './ingest/kaifa.js';
import { onuMeters } from './ingest/onu-meters.js';
import { onu } from './ingest/onu.js';
import { scada } from './ingest/scada.js';
import { commands } from './oms/commands.js';
import { network } from './oms/network.js';
import { outageDetail } from './oms/outage-detail.js';
import { outages } from './oms/outages.js';
import { read } from './oms/read.js';
import { stream } from './oms/stream.js';
import { operation } from './operation.js';
import { page } from './page.js';
import { knowRoutes } from './routes.js';
import { requireScopes } from './scopes.js';
import type { Services } from './services.js';
import { tiles } from './tiles.js';
import { checkBySchema } from './validation.js';

/** The routes by which reports come in. */
const INTAKE = [scada, kaifa, onu, callCenter, canonical];

/** All other routes; the app is the list of them. */
const PLUGINS = [read, correlate, onuMeters, outages, outageDetail, network, stream, commands, tiles, operation];

/** Bodies that are worked on at a time, bytes: with what is made of them the gateway stays below 400 MB. */
const BODIES_BYTES = 16 * 1024 * 1024;
/** How long a large body waits for its turn, ms: less than senders wait for an answer. */
const ROOM_MS = 10_000;

/**
 * The gateway as an app that listens nowhere yet.
 * @param services what its routes work with
 * @param log null: nothing is logged
 */
export function buildApp(services: Services, log: Logger | null = null): FastifyInstance {
  const app: FastifyInstance = Fastify({
    ...(log && { loggerInstance: log as FastifyBaseLogger }),
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (error, request, reply) => answerError(error, request as FastifyRequest, reply as FastifyReply),
  });
  const assessor = new Assessor();
  app.addHook('onClose', () => assessor.close());
  knowRoutes(app);
  requireScopes(app);
  checkBySchema(app);
  answerErrors(app);
  services.metrics.watch(app);
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'OMS gateway',
        version: '1',
        description:
          'How events and people come in, and outages go out. What is wrong is answered with a code and a sentence; ' +
          'docs/errors.md says of each code when it comes and what to do.',
      },
    },
  });
  const budget = new BodyBudget(BODIES_BYTES, ROOM_MS);
  services.metrics.watchQueue('bodies', () => budget.usedBytes);
  for (const plugin of INTAKE) app.register(plugin, { ...services, assessor, budget });
  for (const plugin of PLUGINS) app.register(plugin, services);
  app.register(documents);
  app.register(page);
  return app;
}
