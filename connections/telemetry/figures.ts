import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

interface Figure {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of what a histogram counts, s. */
  readonly bucketsS?: readonly number[];
}

const QUICK_S = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
const SLOW_S = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800, 7200] as const;

/** Every figure of our own, by the name under which Prometheus finds it; docs/operation.md has the same list. */
export const FIGURES = {
  oms_events_total: {
    type: 'counter',
    labels: ['stage', 'source', 'result'],
    help:
      'Events by what became of them. place: placed, unplaced, rejected; correlate: opened (an outage), linked (to one), ' +
      'restored, withoutEffect, duplicate, late. What is done again after an abort counts again.',
  },
  oms_commands_rejected_total: {
    type: 'counter',
    labels: ['reason'],
    help: 'Commands that correlate could not carry out.',
  },
  oms_correlate_keys: { type: 'gauge', labels: ['partition'], help: 'Feeders with a state in memory.' },
  oms_correlate_outages: {
    type: 'gauge',
    labels: ['partition'],
    help: 'Outages in memory: those that are open, and those that an event may still change.',
  },
  oms_correlate_window_events: {
    type: 'gauge',
    labels: ['partition'],
    help: 'Events in the window: those to which another may still link.',
  },
  oms_correlate_watermark_timestamp_seconds: {
    type: 'gauge',
    labels: ['partition'],
    help: 'The latest watermark of a feeder, Unix time: how far correlate is by the times of the events.',
  },
  oms_stage_records_read_total: { type: 'counter', labels: ['stage'], help: 'Records that came from Kafka.' },
  oms_stage_records_processed_total: {
    type: 'counter',
    labels: ['stage'],
    help: 'Records that were processed; those of transactions that were given up are processed again, and count again.',
  },
  oms_stage_processing_seconds_total: { type: 'counter', labels: ['stage'], help: 'Time spent on processing.' },
  oms_stage_records_committed_total: {
    type: 'counter',
    labels: ['stage'],
    help: 'Records that were processed and committed; of the sink: written to the database.',
  },
  oms_stage_records_written_total: {
    type: 'counter',
    labels: ['stage', 'topic'],
    help: 'Records that were written to Kafka and committed.',
  },
  oms_stage_records_set_aside_total: {
    type: 'counter',
    labels: ['stage', 'why'],
    help: 'Records that were left aside: failed (a stage cannot process them), unreadable (of a table), refused (by the database).',
  },
  oms_stage_aborts_total: {
    type: 'counter',
    labels: ['stage'],
    help: 'How often work since the last commit was given up, to be done again.',
  },
  oms_stage_rebalances_total: {
    type: 'counter',
    labels: ['stage', 'change'],
    help: 'How often the group has assigned partitions, or revoked them.',
  },
  oms_sink_retries_total: {
    type: 'counter',
    labels: [],
    help: 'How often the sink has tried again because the database took nothing.',
  },
  oms_commit_seconds: {
    type: 'histogram',
    labels: ['stage'],
    help: 'Duration of a commit: a transaction of Kafka; of the sink: one of the database.',
    bucketsS: QUICK_S,
  },
  oms_delay_seconds: {
    type: 'histogram',
    labels: ['stage'],
    help: 'From when the first record of a commit came on its topic until it is committed; of the sink: until it is in the database.',
    bucketsS: SLOW_S,
  },
  oms_restore_seconds: {
    type: 'histogram',
    labels: ['stage'],
    help: 'Time until the state of a partition that a process takes over is there.',
    bucketsS: SLOW_S,
  },
  oms_stage_lag_records: {
    type: 'gauge',
    labels: ['stage', 'topic', 'partition'],
    help: 'Offsets between what was taken in of a partition and its end.',
  },
  oms_stage_lag_seconds: {
    type: 'gauge',
    labels: ['stage', 'topic', 'partition'],
    help: 'How long ago the last record that was taken in came on the partition, if there are more; else 0.',
  },
  oms_stage_taken_timestamp_seconds: {
    type: 'gauge',
    labels: ['stage', 'topic', 'partition'],
    help: 'When the last record that was taken in came on the partition, Unix time.',
  },
  oms_stage_partitions: { type: 'gauge', labels: ['stage'], help: 'Partitions that the process has of a stage.' },
  oms_stage_queue_bytes: {
    type: 'gauge',
    labels: ['stage'],
    help: 'What was read and waits to be processed, as for the partitions of other sources.',
  },
  oms_stage_uncommitted_records: {
    type: 'gauge',
    labels: ['stage'],
    help: 'Records that were processed and wait for a commit.',
  },
  oms_stage_waited_seconds: {
    type: 'gauge',
    labels: ['stage'],
    help: 'How long something that the stage has read has waited for a commit.',
  },
  oms_stage_still_seconds: { type: 'gauge', labels: ['stage'], help: 'How long the loop of the stage has not turned.' },
  oms_stage_degraded: {
    type: 'gauge',
    labels: ['stage'],
    help: '1 if the stage has something to complain of, else 0; its /health says what.',
  },
  oms_gateway_reports_accepted_total: {
    type: 'counter',
    labels: ['source'],
    help: 'Reports that were published.',
  },
  oms_gateway_reports_rejected_total: {
    type: 'counter',
    labels: ['source', 'reason'],
    help: 'Reports that were refused.',
  },
  oms_gateway_records_unreadable_total: {
    type: 'counter',
    labels: [],
    help: 'Records of Kafka that the gateway could not read and left out.',
  },
  oms_gateway_http_request_duration_seconds: {
    type: 'histogram',
    labels: ['method', 'route', 'status'],
    help: 'Time from the arrival of a request to its answer.',
    bucketsS: QUICK_S,
  },
  oms_gateway_stream_clients: { type: 'gauge', labels: ['stream'], help: 'Clients of the live streams.' },
  oms_gateway_waiting_bytes: {
    type: 'gauge',
    labels: ['queue'],
    help: 'What waits in the gateway: bodies (that are worked on), kafka (reports on their way to it).',
  },
} as const satisfies Record<string, Figure>;

type FigureName = keyof typeof FIGURES;
type NameOf<T extends Figure['type']> = {
  [N in FigureName]: (typeof FIGURES)[N]['type'] extends T ? N : never;
}[FigureName];
type LabelOf<N extends FigureName> = (typeof FIGURES)[N]['labels'][number];
type Labels<N extends FigureName> = Readonly<Record<LabelOf<N>, string | number>>;

/** What a figure is now: told a value for each combination of its labels. */
type Collect<N extends FigureName> = (tell: (labels: Labels<N>, value: number) => void) => void;

function settingsOf<N extends FigureName>(name: N, registry: Registry) {
  const { help, labels } = FIGURES[name] as Figure;
  return { name, help, labelNames: labels as readonly LabelOf<N>[], registers: [registry] };
}

/**
 * A figure that only grows.
 * @param known asked with each scrape which labels it has, so that they are there with 0 before anything is counted
 */
export function counter<N extends NameOf<'counter'>>(
  registry: Registry,
  name: N,
  known: () => Iterable<Labels<N>> = () => [],
): Counter<LabelOf<N>> {
  return new Counter({
    ...settingsOf(name, registry),
    collect() {
      for (const labels of known()) this.inc(labels, 0);
    },
  });
}

/** A figure that only grows and is counted elsewhere: there it is asked for with each scrape. */
export function counted<N extends NameOf<'counter'>>(registry: Registry, name: N, collect: Collect<N>): void {
  new Counter({
    ...settingsOf(name, registry),
    collect() {
      this.reset();
      collect((labels, value) => this.inc(labels, value));
    },
  });
}

/** A figure that goes up and down, set by whoever knows it. */
export function gauge<N extends NameOf<'gauge'>>(registry: Registry, name: N): Gauge<LabelOf<N>> {
  return new Gauge(settingsOf(name, registry));
}

/** A figure that goes up and down: asked for with each scrape. What is not told any more is gone. */
export function gauged<N extends NameOf<'gauge'>>(registry: Registry, name: N, collect: Collect<N>): void {
  new Gauge({
    ...settingsOf(name, registry),
    collect() {
      this.reset();
      collect((labels, value) => this.set(labels, value));
    },
  });
}

/** Durations. */
export function histogram<N extends NameOf<'histogram'>>(registry: Registry, name: N): Histogram<LabelOf<N>> {
  return new Histogram({ ...settingsOf(name, registry), buckets: [...FIGURES[name].bucketsS] });
}
