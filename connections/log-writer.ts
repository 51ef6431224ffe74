import type { Message, Producer } from 'kafkajs';
import { encodeCommands } from '../operators/log/log-record.js';
import { keyText, type Command, type Key } from '../operators/model/event.js';
import type { TopicNames } from './topics.js';

/** A record, and what is sent at once, stay well below what the topic takes, whatever the ids in them. */
const RECORD_BYTES = 1_000_000;
const SEND_BYTES = 1_000_000;

/** Commands for one key. */
export interface Delivery {
  readonly key: Key;
  /** In their order. */
  readonly commands: readonly Command[];
}

/** Puts commands of tools on the log; when it resolves, none of them can be lost. Those of a key keep their order. */
export async function writeCommands(
  producer: Producer,
  { events }: TopicNames,
  deliveries: readonly Delivery[],
): Promise<void> {
  let messages: Message[] = [];
  let bytes = 0;
  const send = async (): Promise<void> => {
    if (messages.length > 0) await producer.send({ topic: events, messages, acks: -1 });
    messages = [];
    bytes = 0;
  };
  for (const { key, commands } of deliveries) {
    for (const value of recordsOf(commands)) {
      messages.push({ key: keyText(key), value });
      bytes += value.length;
      if (bytes > SEND_BYTES) await send();
    }
  }
  await send();
}

/** Commands of one key as log records: as many together as one may hold. */
function* recordsOf(commands: readonly Command[]): Generator<string> {
  let waiting: Command[] = [];
  let bytes = 0;
  for (const command of commands) {
    const size = Buffer.byteLength(encodeCommands([command]));
    if (waiting.length > 0 && bytes + size > RECORD_BYTES) {
      yield encodeCommands(waiting);
      waiting = [];
      bytes = 0;
    }
    waiting.push(command);
    bytes += size;
  }
  if (waiting.length > 0) yield encodeCommands(waiting);
}
