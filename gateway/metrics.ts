import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { counter, gauge, gauged, histogram } from '../connections/telemetry/figures.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The answer goes on for as long as the client listens: its duration says nothing. */
    readonly endless?: boolean;
  }
}

/** What the gateway counts, for Prometheus. */
export class Metrics {
  readonly registry = new Registry();
  readonly accepted = counter(this.registry, 'oms_gateway_reports_accepted_total');
  readonly rejected = counter(this.registry, 'oms_gateway_reports_rejected_total');
  readonly unreadable = counter(this.registry, 'oms_gateway_records_unreadable_total');
  readonly listeners = gauge(this.registry, 'oms_gateway_stream_clients');
  readonly #durations = histogram(this.registry, 'oms_gateway_http_request_duration_seconds');
  readonly #queues = new Map<string, () => number>();

  constructor() {
    gauged(this.registry, 'oms_gateway_waiting_bytes', (tell) => {
      for (const [queue, bytes] of this.#queues) tell({ queue }, bytes());
    });
  }

  /** Counts what the process itself uses, too. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Asks how many bytes wait in a queue, with each scrape. */
  watchQueue(queue: string, bytes: () => number): void {
    this.#queues.set(queue, bytes);
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
