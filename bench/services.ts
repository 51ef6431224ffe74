import type { Admin } from 'kafkajs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../dev/ports.js';
import { retryUntil } from '../dev/retry.js';
import { startServices, type ServiceName, type Services } from '../dev/services.js';
import { readEnvironment } from '../connections/environment.js';
import { ensureTopics } from '../connections/topic-admin.js';
import type { TopicNames } from '../connections/topics.js';

/** Brings up what a benchmark needs, in `.oms/bench`, does `work`, and stops it. What the environment gives is used. */
export async function withServices<T>(need: readonly ServiceName[], work: (services: Services) => Promise<T>) {
  const { kafkaBrokers, databaseUrl } = readEnvironment();
  const checkout = resolve('.oms');
  const services = await startServices({
    home: join(checkout, 'bench'),
    kafkaPort: await freePort(),
    postgresPort: await freePort(),
    given: { kafkaBrokers, databaseUrl },
    need,
    kafkaLibs: join(checkout, 'kafka', 'libs'),
    say: (line) => console.error(line),
  });
  try {
    return await work(services);
  } finally {
    await services.stop();
  }
}

const COORDINATOR_MS = 30_000;
const DELETION_MS = 30_000;

const GROUP_ID_NOT_FOUND = 69;

/**
 * Lets consumer groups begin anew. Each is asked for by name, until the broker answers for it: one that has just started
 * lists no groups for a while, and gives them their old offsets then.
 */
export async function forgetGroups(admin: Admin, groupIds: readonly string[]): Promise<void> {
  for (const groupId of groupIds) await retryUntil(() => forgetGroup(admin, groupId), COORDINATOR_MS);
}

async function forgetGroup(admin: Admin, groupId: string): Promise<void> {
  try {
    await admin.deleteGroups([groupId]);
  } catch (error) {
    const { groups = [] } = error as { groups?: { errorCode?: number }[] };
    if (groups.length === 0 || !groups.every(({ errorCode }) => errorCode === GROUP_ID_NOT_FOUND)) throw error;
  }
}

/**
 * Makes the topics of a benchmark that are missing, once old ones are gone: a topic that is being deleted still counts as
 * there for a while, and one that was just made is not known everywhere.
 */
export async function renewTopics(
  admin: Admin,
  topics: TopicNames,
  partitions: number,
  isOld: (topic: string) => boolean,
): Promise<void> {
  const old = (await admin.listTopics()).filter(isOld);
  if (old.length > 0) await admin.deleteTopics({ topics: old });
  await retryUntil(async () => {
    const left = (await admin.listTopics()).filter((topic) => old.includes(topic));
    if (left.length > 0) throw new Error(`Still being deleted: ${left.join(', ')}.`);
  }, DELETION_MS);
  await retryUntil(() => ensureTopics(admin, topics, partitions), DELETION_MS);
  await retryUntil(() => admin.fetchTopicMetadata({ topics: Object.values(topics) }), DELETION_MS);
}

/**
 * Resolves when all of some topics has been taken.
 * @param offsets how far it has: the next offset by `topic/partition`
 * @param written by transactions: the mark that ends one has an offset too, and is no record
 */
export async function whenTaken(
  admin: Admin,
  topics: readonly string[],
  written: 'plainly' | 'byTransactions',
  offsets: () => Promise<ReadonlyMap<string, number>>,
): Promise<void> {
  const ends = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
  const left = written === 'plainly' ? 0 : 1;
  for (;;) {
    const at = await offsets();
    const isThere = topics.every((topic, n) =>
      ends[n]!.every(({ partition, high }) => Number(high) - Math.max(0, at.get(`${topic}/${partition}`) ?? 0) <= left),
    );
    if (isThere) return;
    await pause(50);
  }
}
