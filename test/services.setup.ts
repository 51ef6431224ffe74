/** Brings up Kafka and PostGIS, empty, for all tests of several rooms together. */
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { emptyHome } from '../dev/empty-home.js';
import { freePort } from '../dev/ports.js';
import { clearLeftover } from '../dev/process-record.js';
import { startServices } from '../dev/services.js';
import { readEnvironment } from '../connections/environment.js';

declare module 'vitest' {
  export interface ProvidedContext {
    kafkaBrokers: string;
    databaseUrl: string;
  }
}

/**
 * Starts them, tells the tests where they are, and returns what stops them.
 * @throws Error when they cannot be brought up, or another run of the tests uses the folder
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const say = (line: string) => console.error(line);
  const { kafkaBrokers, databaseUrl } = readEnvironment();
  const checkout = resolve(import.meta.dirname, '..', '.oms');
  const home = join(checkout, 'test');
  for (const name of ['kafka', 'postgres']) await clearLeftover(home, name, say);
  await emptyHome(home, say);
  const services = await startServices({
    home,
    kafkaPort: await freePort(),
    postgresPort: await freePort(),
    given: { kafkaBrokers, databaseUrl },
    // Kafka's jars never change, so they outlive the test data.
    kafkaLibs: join(checkout, 'kafka', 'libs'),
    say,
  });
  project.provide('kafkaBrokers', services.kafkaBrokers);
  project.provide('databaseUrl', services.databaseUrl);
  return () => services.stop();
}
