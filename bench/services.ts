import type { Admin } from 'kafkajs';
import { join, resolve } from 'node:path';
import { freePort } from '../dev/ports.js';
import { retryUntil } from '../dev/retry.js';
import { startServices, type ServiceName, type Services } from '../dev/services.js';
import { readEnvironment } from '../environment.js';

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

/** Lets consumer groups begin anew. A broker that has just started knows of its groups only after a while. */
export async function forgetGroups(admin: Admin, isOurs: (groupId: string) => boolean): Promise<void> {
  const { groups } = await retryUntil(() => admin.listGroups(), COORDINATOR_MS);
  const ours = groups.map(({ groupId }) => groupId).filter(isOurs);
  if (ours.length > 0) await retryUntil(() => admin.deleteGroups(ours), COORDINATOR_MS);
}
