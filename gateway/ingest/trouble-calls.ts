import Type from 'typebox';
import { OutageRecordSchema } from '../../operators/model/outage-schema.js';
import type { OutageRecord } from '../../operators/model/outage.js';
import type { Database } from '../database.js';

const { status, severity, etr, restoredAt, firstDetectedAt, customersOut } = OutageRecordSchema.properties;
const OutageSummary = Type.Object({
  outageId: Type.String({ format: 'uuid' }),
  status,
  severity,
  etr,
  restoredAt,
  firstDetectedAt,
  customersOut,
});

const Known = {
  status: Type.Enum(['received', 'unplaced', 'late', 'member'], {
    description: 'received: not correlated yet; member: of an outage',
  }),
  reason: Type.Union([Type.String(), Type.Null()]),
  outage: Type.Union([OutageSummary, Type.Null()]),
};

export const TicketStatusSchema = Type.Object({ ticketId: Type.String(), omsEventId: Type.String(), ...Known });

/** What is known of a call. */
export type CallStatus = Type.Static<Type.TObject<typeof Known>>;

/** Calls that this gateway took and the database may not know yet. */
const REMEMBERED = 100_000;

/** What became of trouble calls. */
export class TroubleCalls {
  readonly #taken = new Set<string>();

  constructor(private readonly database: Database) {}

  /** Notes a call that was taken. */
  remember(ticketId: string): void {
    this.#taken.add(ticketId);
    if (this.#taken.size > REMEMBERED) this.#taken.delete(this.#taken.values().next().value!);
  }

  /** The status of a call; null if nobody has heard of it. */
  async statusOf(ticketId: string): Promise<CallStatus | null> {
    const [row] = await this.database.query<{
      status: CallStatus['status'];
      reason: string | null;
      record: OutageRecord | null;
    }>(
      `select status, reason, record
       from (
         select 1 as rank, 'member' as status, null as reason, o.record
         from oms.members m join oms.outages o on o.outage_id = oms.survivor_of(m.outage_id)
         where m.source = 'call_center' and m.source_event_id = $1
         union all
         select 2, 'late', reason, null from oms.late where source = 'call_center' and source_event_id = $1
         union all
         select 3, 'unplaced', detail, null from oms.unplaced where source = 'call_center' and source_event_id = $1
         union all
         select 4, 'received', null, null from call_center.events where source_event_id = $1
       ) as known
       order by rank
       limit 1`,
      [ticketId],
    );
    if (row) return { status: row.status, reason: row.reason, outage: row.record && summaryOf(row.record) };
    return this.#taken.has(ticketId) ? { status: 'received', reason: null, outage: null } : null;
  }
}

function summaryOf(record: OutageRecord): NonNullable<CallStatus['outage']> {
  const { outageId, status, severity, etr, restoredAt, firstDetectedAt, customersOut } = record;
  return { outageId, status, severity, etr, restoredAt, firstDetectedAt, customersOut };
}
