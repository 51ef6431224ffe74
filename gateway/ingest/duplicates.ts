import { setTimeout as sleep } from 'node:timers/promises';
import type { Named } from '../../operators/model/identity.js';
import type { Database } from '../database.js';
import { GatewayError } from '../errors.js';

/** The sink needs a moment to store what was published a moment ago. */
const AGAIN_MS = 200;

/**
 * The outage that the first copy of an event belongs to, as the database knows it; of an id that was used before the latest.
 * @param deadline until when (epoch ms) to wait for the database to know the first copy
 * @returns null if it joined none, or nobody can say
 */
export async function outageOfDuplicate(
  database: Database,
  { source, assetId, sourceEventId }: Named,
  deadline: number,
): Promise<string | null> {
  try {
    for (;;) {
      const [row] = await database.query<{ outage_id: string | null }>(
        `select outage_id
         from (
           select 1 as rank, oms.survivor_of(outage_id) as outage_id, log_offset
           from oms.members where source = $1 and source_event_id = $2 and asset_id is not distinct from $3
           union all
           select 2, oms.survivor_of(outage_id), log_offset
           from oms.witnesses where source = $1 and source_event_id = $2 and what <> 'duplicate'
           union all
           select 3, null, log_offset from oms.late where source = $1 and source_event_id = $2
         ) as first_copy
         order by rank, log_offset desc
         limit 1`,
        [source, sourceEventId, assetId],
      );
      if (row) return row.outage_id;
      if (Date.now() + AGAIN_MS >= deadline) return null;
      await sleep(AGAIN_MS);
    }
  } catch (error) {
    if (error instanceof GatewayError) return null;
    throw error;
  }
}
