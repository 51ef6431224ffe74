import Fastify, { type FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { RunningStage } from './pipeline.js';

/**
 * Answers for the stages of a process: `/health` says `ok`, or `degraded` and why; `/metrics` has their figures for
 * Prometheus.
 * @param stages by name; those that are started later are seen too
 */
export function healthApp(stages: ReadonlyMap<string, RunningStage>): FastifyInstance {
  const app = Fastify();
  app.get('/health', () => {
    const reasons = [...stages].flatMap(([name, stage]) => stage.complaints().map((one) => `${name}: ${one}`));
    return { status: reasons.length === 0 ? 'ok' : 'degraded', reasons };
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
      for (const [stage, running] of stages) this.set({ stage }, running.complaints().length > 0 ? 1 : 0);
    },
  });
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  return app;
}
