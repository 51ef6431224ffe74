import type { ClientBase } from 'pg';
import type { Summary } from './summary.js';
import { OmsError } from '../../../connections/errors.js';

/** How far a backfill had come when it was begun again. */
export interface JournalEntry {
  /** Events that are published, in event-time order without copies. */
  readonly published: number;
  readonly finishedAt: Date | null;
  /** Of a finished one. */
  readonly summary: Summary | null;
}

/** How far a backfill has come, in the table `oms.backfills`. */
export class Journal {
  private constructor(
    private readonly client: ClientBase,
    private readonly id: string,
  ) {}

  /**
   * Opens the journal of a backfill; while it is open, no other process can.
   * @param id UUID of what is read and where it goes
   * @throws Error in a sentence if another process is at it
   */
  static async open(client: ClientBase, id: string): Promise<Journal> {
    const { rows } = await client.query<{ free: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as free',
      [`backfill/${id}`],
    );
    if (!rows[0]!.free)
      throw new OmsError('OMS_RUN_HELD', 'Another process is at this backfill: wait until it has ended.');
    return new Journal(client, id);
  }

  /** How far it had come; null if it was never begun. */
  async entry(): Promise<JournalEntry | null> {
    const { rows } = await this.client.query<{ published: string; finishedAt: Date | null; summary: Summary | null }>(
      'select published, finished_at as "finishedAt", summary from oms.backfills where backfill_id = $1',
      [this.id],
    );
    return rows[0] ? { ...rows[0], published: Number(rows[0].published) } : null;
  }

  /** Begins it, or begins it anew. */
  async begin(inputs: string): Promise<void> {
    await this.client.query(
      `insert into oms.backfills (backfill_id, inputs) values ($1, $2)
       on conflict (backfill_id) do update
         set inputs = excluded.inputs, published = 0, started_at = now(), updated_at = now(), finished_at = null, summary = null`,
      [this.id, inputs],
    );
  }

  /** So many events are published. */
  async published(count: number): Promise<void> {
    await this.client.query('update oms.backfills set published = $2, updated_at = now() where backfill_id = $1', [
      this.id,
      count,
    ]);
  }

  /** All is published. */
  async finish(summary: Summary): Promise<void> {
    await this.client.query('update oms.backfills set finished_at = now(), summary = $2 where backfill_id = $1', [
      this.id,
      JSON.stringify(summary),
    ]);
  }
}
