import type { Message, Producer } from 'kafkajs';
import type { ClientBase } from 'pg';
import { keyText, type Command } from '../../operators/event.js';
import { encodeCommands } from '../../operators/log-record.js';
import type { TopicNames } from '../../topics.js';
import type { Repair } from './repair.js';

/** A record stays well below what the topic takes, whatever the ids in it. */
const BYTES_PER_RECORD = 1_000_000;

/**
 * Puts repairs on the log, each whole and in its order.
 * @returns how many commands were published
 */
export async function publishRepairs(
  producer: Producer,
  topics: TopicNames,
  repairs: readonly Repair[],
): Promise<number> {
  let published = 0;
  for (const repair of repairs) {
    if (repair.entries.length === 0) continue;
    const key = keyText(repair);
    const messages = [...recordsOf(repair.entries)].map((value): Message => ({ key, value }));
    await producer.send({ topic: topics.events, messages, acks: -1 });
    published += repair.entries.length;
  }
  return published;
}

function* recordsOf(entries: readonly Command[]): Generator<string> {
  let waiting: Command[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(encodeCommands([entry]));
    if (waiting.length > 0 && bytes + size > BYTES_PER_RECORD) {
      yield encodeCommands(waiting);
      waiting = [];
      bytes = 0;
    }
    waiting.push(entry);
    bytes += size;
  }
  if (waiting.length > 0) yield encodeCommands(waiting);
}

/** Which of some repairs' commands the stream has not carried out, and why in a sentence; by finding. */
export async function rejectedRepairs(client: ClientBase, repairs: readonly Repair[]): Promise<Map<string, string>> {
  const findings = new Map(
    repairs.flatMap(({ findingId, entries }) => entries.map(({ commandId }) => [commandId, findingId] as const)),
  );
  const { rows } = await client.query<{ id: string; detail: string }>(
    `select named.id, r.detail
     from oms.rejected r
     cross join lateral substring(r.raw from '"commandId":"([^"]+)"') named (id)
     where r.reason in ('unknownOutage', 'cancelledOutage', 'noMembers') and named.id = any ($1)`,
    [[...findings.keys()]],
  );
  return new Map(rows.map(({ id, detail }) => [findings.get(id)!, detail]));
}
