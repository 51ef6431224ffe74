import Fastify, { type FastifyInstance } from 'fastify';
import { complaintsOf, STILL_AFTER_MS, stageBeatOf } from '../connections/beat.js';
import type { EventTally } from '../connections/telemetry/event-tally.js';
import { StageMetrics } from '../connections/telemetry/stage-metrics.js';
import type { RunningStage } from './pipeline.js';
import { httpAnswer } from '../connections/http-errors.js';

/**
 * Answers for the stages of a process: `/health` says `ok`, or `degraded` and why, or, with 503, that a stage stands
 * still; `/metrics` has their figures for Prometheus.
 * @param stages by name; those that are started later are seen too
 * @param tally in which they count events
 */
export function healthApp(stages: ReadonlyMap<string, RunningStage>, tally: EventTally): FastifyInstance {
  const app = Fastify();
  app.setNotFoundHandler(({ method, url }, reply) =>
    reply.code(404).send(httpAnswer('OMS_NO_ROUTE', [`${method} ${url.split('?')[0]!}`])),
  );
  app.get('/health', (_request, reply) => {
    const reasons = [...stages].flatMap(([name, stage]) => complaintsOf(stage).map((one) => `${name}: ${one}`));
    const isStill = [...stages.values()].some(({ pulse }) => pulse.stillMs() > STILL_AFTER_MS);
    const status = isStill ? 'stands still' : reasons.length === 0 ? 'ok' : 'degraded';
    const running = [...stages].map(([name, stage]) => stageBeatOf(name, stage));
    return reply.code(isStill ? 503 : 200).send({ status, reasons, stages: running });
  });
  const metrics = new StageMetrics(stages, tally);
  const { registry } = metrics;
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  app.addHook('onClose', () => metrics.stop());
  return app;
}
