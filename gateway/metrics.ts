import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The answer goes on for as long as the client listens: its duration says nothing. */
    readonly endless?: boolean;
  }
}

/** What the gateway counts, for Prometheus. */
export class Metrics {
  readonly registry = new Registry();

  readonly accepted = new Counter({
    name: 'oms_gateway_reports_accepted_total',
    help: 'Reports that were published, by source.',
    labelNames: ['source'],
    registers: [this.registry],
  });

  readonly rejected = new Counter({
    name: 'oms_gateway_reports_rejected_total',
    help: 'Reports that were refused, by source and reason.',
    labelNames: ['source', 'reason'],
    registers: [this.registry],
  });

  readonly listeners = new Gauge({
    name: 'oms_gateway_stream_clients',
    help: 'Clients of the live streams.',
    labelNames: ['stream'],
    registers: [this.registry],
  });

  readonly #durations = new Histogram({
    name: 'oms_gateway_http_request_duration_seconds',
    help: 'Time from the arrival of a request to its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  /** Counts what the process itself uses, too. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Measures every request of the app. */
  watch(app: FastifyInstance): void {
    app.addHook('onResponse', (request, reply, done) => {
      const { config, url = 'none' } = request.routeOptions;
      if (!config.endless) {
        const labels = { method: request.method, route: url, status: reply.statusCode };
        this.#durations.observe(labels, reply.elapsedTime / 1000);
      }
      done();
    });
  }
}
