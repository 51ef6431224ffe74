import type { PoolClient } from 'pg';
import { TableRows, type TableColumns } from '../../../connections/postgres/table-rows.js';
import type { Key, PlacedEvent } from '../../../operators/model/event.js';
import { SOURCES, type Source } from '../../../operators/model/source.js';
import { formatTime, timeOf } from '../../../operators/model/time.js';
import { LOG_COLUMNS, type OfLog, type Projection } from './projection.js';

const DAY_MS = 86_400_000;

interface Row extends OfLog {
  readonly event: PlacedEvent;
  readonly key: Key;
}

const COLUMNS: TableColumns<Row> = {
  source_event_id: ['text', ({ event }) => event.sourceEventId],
  kind: ['text', ({ event }) => event.kind],
  type: ['text', ({ event }) => event.type],
  asset_id: ['text', ({ event }) => event.assetId],
  customer_id: ['text', ({ event }) => event.customerId],
  dp_id: ['text', ({ event }) => event.dpId],
  substation_id: ['text', ({ key }) => key.substationId],
  feeder_id: ['text', ({ key }) => key.feederId],
  reach: ['text', ({ event }) => event.reach],
  occurred_at: ['timestamptz', ({ event }) => event.occurredAt],
  received_at: ['timestamptz', ({ event }) => event.receivedAt],
  t: ['timestamptz', ({ event }) => timeOf(event)],
  feeder_customers: ['integer', ({ event }) => event.feederCustomers],
  flags: ['text[]', ({ event }) => event.flags],
  geom: ['geometry', ({ event }) => event],
  ...LOG_COLUMNS,
};

/** SOURCE.events: the placed events of a source, a partition of the table for each day of receipt (UTC). */
export class Events implements Projection {
  readonly #dayNumbers = new Set<number>();
  readonly #rows = new Map<Source, TableRows<Row>>(
    SOURCES.map((source) => [source, new TableRows(`${source}.events`, COLUMNS)]),
  );
  /** The days (UTC) of which it has events, once it is ended. */
  days: readonly string[] = [];

  add(row: Row): void {
    this.#dayNumbers.add(Math.floor(row.event.receivedAt / DAY_MS));
    this.#rows.get(row.event.source)!.add(row);
  }

  end(): void {
    this.days = [...this.#dayNumbers].map((day) => formatTime(day * DAY_MS).slice(0, 10));
  }

  async write(client: PoolClient): Promise<void> {
    for (const rows of this.#rows.values()) await rows.write(client);
  }
}
