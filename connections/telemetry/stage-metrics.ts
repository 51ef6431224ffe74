import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Position } from '../../streams/broker.js';
import { events } from '../../streams/events.js';
import { complaintsOf, type Living } from '../beat.js';
import type { EventTally } from './event-tally.js';
import { counted, counter, gauged, histogram } from './figures.js';

/** A stage as figures are made of it. */
export interface WatchedStage extends Living {
  /** What it has done since it started, by figure. */
  readonly statistics: Readonly<Record<string, number>>;
  /** How far it is, a partition each; those of which nothing was heard yet are left out. */
  positions(): readonly Position[];
  /** Bytes that were read and wait to be processed, if it knows them, and records that wait for a commit. */
  waiting(): { readonly bytes: number | null; readonly records: number };
  /** How much the state of each partition holds, by the name of what. */
  holdings(): readonly { readonly partition: number; readonly held: Readonly<Record<string, number>> }[];
}

/** What a state may hold, and the figure that says how much. */
const HELD = {
  keys: 'oms_correlate_keys',
  outages: 'oms_correlate_outages',
  windowEvents: 'oms_correlate_window_events',
  watermarkS: 'oms_correlate_watermark_timestamp_seconds',
} as const;

/**
 * The figures of the stages of a process: what the streams library tells is counted, all else is asked for with a scrape.
 */
export class StageMetrics {
  readonly registry = new Registry();
  readonly #ends: (() => void)[];

  /**
   * @param stages by name; those that are started later are seen too
   * @param tally what became of events
   */
  constructor(
    private readonly stages: ReadonlyMap<string, WatchedStage>,
    tally: EventTally,
  ) {
    collectDefaultMetrics({ register: this.registry });
    this.#ends = [...this.#countRecords(), ...this.#measureTimes()];
    this.#askForStages();
    this.#askForPositions();
    this.#askForHoldings();
    this.#askForEvents(tally);
  }

  /** Listens no more. */
  stop(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  #countRecords(): (() => void)[] {
    const { registry } = this;
    const ofEach = (): { stage: string }[] => [...this.stages.keys()].map((stage) => ({ stage }));
    const read = counter(registry, 'oms_stage_records_read_total', ofEach);
    const processed = counter(registry, 'oms_stage_records_processed_total', ofEach);
    const processingS = counter(registry, 'oms_stage_processing_seconds_total', ofEach);
    const committed = counter(registry, 'oms_stage_records_committed_total', ofEach);
    const written = counter(registry, 'oms_stage_records_written_total');
    const aborts = counter(registry, 'oms_stage_aborts_total', ofEach);
    const rebalances = counter(registry, 'oms_stage_rebalances_total', () =>
      ofEach().flatMap((stage) => ['assigned', 'revoked'].map((change) => ({ ...stage, change }))),
    );
    const setAside = counter(registry, 'oms_stage_records_set_aside_total', () =>
      ofEach().flatMap((stage) => ['failed', 'unreadable', 'refused'].map((why) => ({ ...stage, why }))),
    );
    return [
      events.poll.hear(({ stage, records }) => read.inc({ stage }, records)),
      events.process.hear(({ stage, records, durationMs }) => {
        processed.inc({ stage }, records);
        processingS.inc({ stage }, durationMs / 1000);
      }),
      events.commit.hear((commit) => {
        const { stage } = commit;
        committed.inc({ stage }, commit.records);
        for (const [topic, records] of commit.written) written.inc({ stage, topic }, records);
      }),
      events.abort.hear(({ stage }) => aborts.inc({ stage })),
      events.rebalance.hear(({ stage, assign }) => rebalances.inc({ stage, change: assign ? 'assigned' : 'revoked' })),
      events.setAside.hear(({ stage, why }) => setAside.inc({ stage, why })),
    ];
  }

  #measureTimes(): (() => void)[] {
    const commits = histogram(this.registry, 'oms_commit_seconds');
    const delays = histogram(this.registry, 'oms_delay_seconds');
    const restores = histogram(this.registry, 'oms_restore_seconds');
    return [
      events.commit.hear(({ stage, durationMs, delayMs }) => {
        commits.observe({ stage }, durationMs / 1000);
        // The clocks of brokers and of this machine may be some ms apart.
        if (delayMs !== null) delays.observe({ stage }, Math.max(0, delayMs) / 1000);
      }),
      events.restore.hear(({ stage, durationMs }) => restores.observe({ stage }, durationMs / 1000)),
    ];
  }

  #askForStages(): void {
    const { registry, stages } = this;
    gauged(registry, 'oms_stage_degraded', (tell) => {
      for (const [stage, running] of stages) tell({ stage }, complaintsOf(running).length > 0 ? 1 : 0);
    });
    gauged(registry, 'oms_stage_still_seconds', (tell) => {
      for (const [stage, { pulse }] of stages) tell({ stage }, pulse.stillMs() / 1000);
    });
    gauged(registry, 'oms_stage_waited_seconds', (tell) => {
      for (const [stage, { pulse }] of stages) tell({ stage }, pulse.waitedMs() / 1000);
    });
    gauged(registry, 'oms_stage_partitions', (tell) => {
      for (const [stage, { statistics }] of stages)
        if (statistics.partitions !== undefined) tell({ stage }, statistics.partitions);
    });
    gauged(registry, 'oms_stage_queue_bytes', (tell) => {
      for (const [stage, running] of stages) {
        const { bytes } = running.waiting();
        if (bytes !== null) tell({ stage }, bytes);
      }
    });
    gauged(registry, 'oms_stage_uncommitted_records', (tell) => {
      for (const [stage, running] of stages) tell({ stage }, running.waiting().records);
    });
    counted(registry, 'oms_sink_retries_total', (tell) => {
      for (const { statistics } of stages.values()) if (statistics.retries !== undefined) tell({}, statistics.retries);
    });
  }

  #askForPositions(): void {
    const { registry } = this;
    const each = (one: (at: { stage: string; topic: string; partition: number }, position: Position) => void): void => {
      for (const [stage, running] of this.stages) {
        for (const position of running.positions()) {
          const { topic, partition } = position;
          one({ stage, topic, partition }, position);
        }
      }
    };
    gauged(registry, 'oms_stage_lag_records', (tell) =>
      each((at, position) => position.end !== null && tell(at, lagOf(position))),
    );
    gauged(registry, 'oms_stage_lag_seconds', (tell) =>
      each((at, position) => {
        const { end, takenMs } = position;
        if (end !== null && lagOf(position) === 0) tell(at, 0);
        else if (takenMs !== null) tell(at, Math.max(0, Date.now() - takenMs) / 1000);
      }),
    );
    gauged(registry, 'oms_stage_taken_timestamp_seconds', (tell) =>
      each((at, { takenMs }) => takenMs !== null && tell(at, takenMs / 1000)),
    );
  }

  #askForHoldings(): void {
    for (const [what, name] of Object.entries(HELD)) {
      gauged(this.registry, name, (tell) => {
        for (const running of this.stages.values()) {
          for (const { partition, held } of running.holdings())
            if (Object.hasOwn(held, what)) tell({ partition }, held[what]!);
        }
      });
    }
  }

  #askForEvents(tally: EventTally): void {
    counted(this.registry, 'oms_events_total', (tell) => {
      for (const stage of ['place', 'correlate'] as const) {
        if (!this.stages.has(stage)) continue;
        for (const { source, result, n } of tally.of(stage)) tell({ stage, source, result }, n);
      }
    });
    counted(this.registry, 'oms_commands_rejected_total', (tell) => {
      for (const [reason, n] of tally.rejectedCommands) tell({ reason }, n);
    });
  }
}

/** Offsets between what was taken in and the end. Word of the end may be older than the records. */
function lagOf({ next, end }: Position): number {
  return Math.max(0, end! - next);
}
