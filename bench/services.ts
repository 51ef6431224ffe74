import { join, resolve } from 'node:path';
import { freePort } from '../dev/ports.js';
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
