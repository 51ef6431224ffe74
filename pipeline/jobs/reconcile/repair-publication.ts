import type { Producer } from 'kafkajs';
import type { ClientBase } from 'pg';
import { COMMAND_REJECTIONS } from '../../../operators/model/rejections.js';
import { writeCommands } from '../../../connections/log-writer.js';
import type { TopicNames } from '../../../connections/topics.js';
import type { Repair } from '../../../operators/reconcile/repair.js';

/**
 * Puts repairs on the log, each whole and in its order.
 * @returns how many commands were published
 */
export async function publishRepairs(
  producer: Producer,
  topics: TopicNames,
  repairs: readonly Repair[],
): Promise<number> {
  await writeCommands(
    producer,
    topics,
    repairs.map((repair) => ({ key: repair, commands: repair.entries })),
  );
  return repairs.reduce((count, { entries }) => count + entries.length, 0);
}

/** A repair by the ids of its commands. */
export interface Told {
  readonly findingId: string;
  readonly entries: readonly { readonly commandId: string }[];
}

/** Which of some repairs' commands the stream has not carried out, and why in a sentence; by finding. */
export async function rejectedRepairs(client: ClientBase, repairs: readonly Told[]): Promise<Map<string, string>> {
  const findings = new Map(
    repairs.flatMap(({ findingId, entries }) => entries.map(({ commandId }) => [commandId, findingId] as const)),
  );
  const { rows } = await client.query<{ id: string; detail: string }>(
    `select named.id, r.detail
     from oms.rejected r
     cross join lateral substring(r.raw from '"commandId":"([^"]+)"') named (id)
     where r.reason = any ($2) and named.id = any ($1)`,
    [[...findings.keys()], COMMAND_REJECTIONS],
  );
  return new Map(rows.map(({ id, detail }) => [findings.get(id)!, detail]));
}

/** How many of some repairs' commands have come to no end in the database yet: neither carried out nor rejected. */
export async function pendingRepairs(client: ClientBase, repairs: readonly Told[]): Promise<number> {
  const { rows } = await client.query<{ pending: number }>(
    `select count(*)::integer as pending
     from unnest($1::text[]) told (id)
     where not exists (select from oms.commands c join oms.timeline tl on tl.log_partition = c.log_partition and tl.log_offset = c.log_offset
         where c.command_id = told.id and tl.cause = told.id)
       and not exists (select from oms.rejected r where r.received_at >= now() - interval '1 day' and r.raw like '%"commandId":"' || told.id || '"%')`,
    [repairs.flatMap(({ entries }) => entries.map(({ commandId }) => commandId))],
  );
  return rows[0]!.pending;
}
