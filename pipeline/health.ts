import Fastify, { type FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { complaintsOf, STILL_AFTER_MS, stageBeatOf } from '../connections/beat.js';
import type { RunningStage } from './pipeline.js';
import { httpAnswer } from '../connections/http-errors.js';

/**
 * Answers for the stages of a process: `/health` says `ok`, or `degraded` and why, or, with 503, that a stage stands
 * still; `/metrics` has their figures for Prometheus.
 * @param stages by name; those that are started later are seen too
 */
export function healthApp(stages: ReadonlyMap<string, RunningStage>): FastifyInstance {
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
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'oms_stage',
    help: 'What a stage has done since it started, and what it holds.',
    labelNames: ['stage', 'figure'],
    registers: [registry],
    collect() {
      for (const [stage, { statistics }] of stages) {
        for (const [figure, value] of Object.entries(statistics)) this.set({ stage, figure }, value);
      }
    },
  });
  new Gauge({
    name: 'oms_stage_degraded',
    help: '1 if the stage has something to complain of, else 0.',
    labelNames: ['stage'],
    registers: [registry],
    collect() {
      for (const [stage, running] of stages) this.set({ stage }, complaintsOf(running).length > 0 ? 1 : 0);
    },
  });
  new Gauge({
    name: 'oms_stage_still_seconds',
    help: 'How long the loop of the stage has not turned.',
    labelNames: ['stage'],
    registers: [registry],
    collect() {
      for (const [stage, { pulse }] of stages) this.set({ stage }, pulse.stillMs() / 1000);
    },
  });
  new Gauge({
    name: 'oms_stage_waited_seconds',
    help: 'How long something that the stage has read has waited for a commit.',
    labelNames: ['stage'],
    registers: [registry],
    collect() {
      for (const [stage, { pulse }] of stages) this.set({ stage }, pulse.waitedMs() / 1000);
    },
  });
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  return app;
}
