import type { ClientBase } from 'pg';
import { formatTime } from '../../../operators/model/time.js';

const DAY_MS = 86_400_000;

/**
 * The earliest begin of a range for which raw events are still kept, those of the lead-in that outages need among them.
 * @param retentionDays for how many days raw events are kept
 */
export async function earliestFrom(client: ClientBase, nowMs: number, retentionDays: number): Promise<string> {
  const { rows } = await client.query<{ leadMs: number }>(
    'select extract(epoch from reconcile.lead_in())::float8 * 1000 as "leadMs"',
  );
  // The sink drops whole days.
  const firstDay = Math.floor((nowMs - retentionDays * DAY_MS) / DAY_MS) * DAY_MS;
  return formatTime(firstDay + rows[0]!.leadMs);
}
