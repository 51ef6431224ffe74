import type { ClientBase } from 'pg';
import type { Key, Kind, Reach } from '../../../operators/model/event.js';
import type { Named } from '../../../operators/model/identity.js';
import type { Source } from '../../../operators/model/source.js';
import { KeyEntries, type StoredCommand } from '../../../operators/reconcile/stored-entry.js';

/** Which part of one key's log a replay took. */
export interface Stretch extends Key {
  readonly keyId: number;
  /** Outages of the stream that changed behind it are not compared. */
  readonly lastOffset: number;
  /** In event-time order: where the replay ends, epoch ms. */
  readonly toMs: number | null;
  /** Its entries in the queue of the replay; null: there are none. */
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
}

/** The stretches of a run, in the order of its keys. */
export async function readStretches(client: ClientBase, runId: number): Promise<Stretch[]> {
  const { rows } = await client.query<Omit<Stretch, 'toMs'> & { to_at: Date | null }>(
    `select k.key_id as "keyId", k.substation_id as "substationId", k.feeder_id as "feederId", s.last_offset::float8 as "lastOffset",
       s.to_at, s.first_seq::float8 as "firstSeq", s.last_seq::float8 as "lastSeq"
     from reconcile.keys k
     join reconcile.stretches s using (key_id)
     where k.run_id = $1
     order by k.key_id`,
    [runId],
  );
  return rows.map(({ to_at, ...stretch }) => ({ ...stretch, toMs: to_at?.getTime() ?? null }));
}

/** Stretches in batches that memory holds, whatever the length of the run. */
export function* batchesOf(stretches: readonly Stretch[], entriesPerBatch: number): Generator<Stretch[]> {
  let batch: Stretch[] = [];
  let entries = 0;
  for (const stretch of stretches) {
    const own = stretch.firstSeq === null ? 0 : stretch.lastSeq! - stretch.firstSeq + 1;
    if (batch.length > 0 && entries + own > entriesPerBatch) {
      yield batch;
      batch = [];
      entries = 0;
    }
    batch.push(stretch);
    entries += own;
  }
  if (batch.length > 0) yield batch;
}

interface EntryRow {
  readonly key_id: number;
  readonly source: Source | null;
  readonly asset_id: string | null;
  readonly source_event_id: string;
  readonly kind: Kind;
  readonly t: number;
  readonly received: number;
  readonly unit: string;
  readonly is_customer: boolean;
  readonly reach: Reach;
  readonly feeder_customers: number;
  readonly command: {
    command: string;
    commandId: string;
    author: string;
    openedBy?: Pick<Named, 'source' | 'sourceEventId'> & { assetId?: string | null; t?: string };
  } | null;
  readonly log_partition: number;
  readonly log_offset: number;
  readonly log_index: number;
}

/** What a replay took of some keys of a run that follow each other; empty when it was compared. */
export async function readEntries(
  client: ClientBase,
  runId: number,
  stretches: readonly Stretch[],
): Promise<Map<number, KeyEntries>> {
  const seqs = stretches.flatMap(({ firstSeq, lastSeq }) => (firstSeq === null ? [] : [firstSeq, lastSeq!]));
  const entries = new Map<number, KeyEntries>();
  if (seqs.length === 0) return entries;
  // The queue stands key by key, as the stretches do: one part of it has them all.
  const { rows } = await client.query<EntryRow>(
    `select key_id, source, asset_id, source_event_id, kind, t_ms::float8 as t, received_ms::float8 as received, unit, is_customer, reach,
       feeder_customers, command, log_partition, log_offset::float8 as log_offset, log_index
     from reconcile.queue
     where run_id = $1 and seq between $2 and $3
     order by seq`,
    [runId, seqs[0], seqs.at(-1)],
  );
  for (const row of rows) {
    let ofKey = entries.get(row.key_id);
    if (!ofKey) entries.set(row.key_id, (ofKey = new KeyEntries()));
    const log = { partition: row.log_partition, offset: row.log_offset, index: row.log_index };
    if (row.command) {
      const { command, commandId, author, openedBy } = row.command;
      ofKey.addCommand({ command, commandId, author, t: row.t, openedBy: openerOf(openedBy), log });
    } else
      ofKey.addEvent({
        source: row.source!,
        assetId: row.asset_id,
        sourceEventId: row.source_event_id,
        kind: row.kind,
        t: row.t,
        receivedAt: row.received,
        unit: row.unit,
        isCustomer: row.is_customer,
        reach: row.reach,
        feederCustomers: row.feeder_customers,
        log,
      });
  }
  return entries;
}

/** The event that opened an outage, as its record names it; null: it names none, or not the time. */
function openerOf(openedBy: NonNullable<EntryRow['command']>['openedBy']): StoredCommand['openedBy'] {
  if (openedBy?.t === undefined) return null;
  const { source, assetId = null, sourceEventId, t } = openedBy;
  return { source, assetId, sourceEventId, t: Date.parse(t) };
}
