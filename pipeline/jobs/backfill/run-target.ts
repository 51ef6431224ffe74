import type { PoolClient } from 'pg';
import { readCanonical } from '../../../operators/normalise/canonical.js';
import { isFields, Refusal, type Fields } from '../../../operators/normalise/fields.js';
import { place } from '../../../operators/place/place.js';
import type { Registry } from '../../../operators/network/registry.js';
import { inTransaction } from '../../../connections/postgres/transaction.js';
import { CopyRows, jsonText, type Columns } from '../../../connections/postgres/copy.js';
import type { OrderedEvent } from './event-order.js';
import type { BackfillTarget } from './target.js';
import { UTC } from '../../../operators/model/time-zone.js';

const COLUMNS = {
  no: 'bigint', substation_id: 'text', feeder_id: 'text', source: 'text', source_event_id: 'text', kind: 'text', type: 'text',
  occurred_ms: 'bigint', received_ms: 'bigint', asset_id: 'text', customer_id: 'text', reach: 'text',
  lat: 'double precision', lon: 'double precision', feeder_customers: 'integer', flags: 'text[]',
} as const satisfies Columns; // prettier-ignore

const STAGING = `create temporary table if not exists staged_history (
  ${Object.entries(COLUMNS)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')}
) on commit delete rows`;

/** Entries that are taken at once: what a step leaves behind it is stepped over until it ends. */
const ENTRIES_PER_STEP = 1000;

/** What a run's books are to be fed with. */
export interface RunFeed {
  /** Name of the run. */
  readonly name: string;
  /** UUID of the history. */
  readonly history: string;
  readonly author: string;
  readonly registry: Registry;
  /** Events that an earlier call has fed. */
  readonly fed: number;
  /** Called after each step with the entries taken and all there are; what it throws ends it. */
  readonly onTaken: (done: number, total: number) => void;
}

/** Puts a history into the books of the second engine, past Kafka and the stream: in event-time order nothing is late. */
export class RunTarget implements BackfillTarget {
  #no: number;

  private constructor(
    private readonly client: PoolClient,
    private readonly feed: RunFeed,
    private readonly runId: number,
  ) {
    this.#no = feed.fed;
  }

  /** Begins the run, or finds the one that was begun. Throws if its name is another's. */
  static async open(client: PoolClient, feed: RunFeed): Promise<RunTarget> {
    const { rows } = await client.query<{ id: number }>('select reconcile.begin_history($1, $2, $3) as id', [
      feed.name,
      feed.history,
      feed.author,
    ]);
    await client.query(STAGING);
    return new RunTarget(client, feed, rows[0]!.id);
  }

  async take(events: readonly OrderedEvent[]): Promise<void> {
    const rows = new CopyRows(COLUMNS);
    const unplaced: Fields[] = [];
    for (const { line, receivedAt } of events) {
      const fields: unknown = JSON.parse(line);
      if (!isFields(fields)) throw new Refusal('wrongShape', `A line of the history is no event: ${line.slice(0, 60)}`);
      const placed = place(readCanonical(fields, { receivedAt, zone: UTC }), this.feed.registry);
      const no = this.#no++;
      if (!Array.isArray(placed)) {
        unplaced.push(fields);
        continue;
      }
      for (const { key, event } of placed) {
        rows.add(
          no, key.substationId, key.feederId, event.source, event.sourceEventId, event.kind, event.type,
          event.occurredAt, event.receivedAt, event.assetId, event.customerId, event.reach, event.lat, event.lon, event.feederCustomers,
          event.flags,
        ); // prettier-ignore
      }
    }
    await inTransaction(this.client, async () => {
      await rows.copyTo(this.client, 'staged_history');
      await this.client.query('select reconcile.feed_history($1)', [this.runId]);
      if (unplaced.length > 0) {
        await this.client.query('select reconcile.keep_unplaced($1, event) from jsonb_array_elements($2) event', [
          this.runId,
          jsonText(unplaced),
        ]);
      }
    });
  }

  /** Takes all that is lined up. */
  async finish(): Promise<void> {
    const { client, feed } = this;
    const { rows } = await client.query<{ total: number }>(
      'select entries_total::float8 as total from reconcile.runs where run_id = $1',
      [this.runId],
    );
    const { total } = rows[0]!;
    // A step that a crash takes away is done again: there is no need to wait for the disk each time.
    await client.query('set synchronous_commit = off');
    try {
      for (let left = 1; left > 0;) {
        const step = await client.query<{ left: number }>('select oms_reconcile_step($1, $2)::float8 as left', [
          feed.name,
          ENTRIES_PER_STEP,
        ]);
        left = step.rows[0]!.left;
        feed.onTaken(total - left, total);
      }
    } finally {
      await client.query('reset synchronous_commit').catch(() => undefined);
    }
  }
}
