import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../dev/ports.js';
import { retryUntil } from '../dev/retry.js';
import { withAdmin } from '../streams/kafka/admin.js';
import { ensureTopics } from '../connections/topic-admin.js';
import { topicNames } from '../connections/topics.js';
import { withDatabase } from './databases.js';
import { quantityOf, type Quantity } from './figures.js';
import { cpuMsOf, Measured } from './processes.js';
import { withServices } from './services.js';

const PARTITIONS = 4;
/** Until what starting costs is over: compiling, joining the groups, the first snapshots of nothing. */
const SETTLE_MS = 20_000;
const ROUNDS = 3;
const ROUND_MS = 20_000;

/** What a system costs to which nothing happens: all of its processes as `npm start` runs them, and the broker. */
export function benchIdle(): Promise<Quantity[]> {
  return withServices(['kafka', 'postgres'], ({ kafkaBrokers, databaseUrl, kafka }) =>
    withDatabase(databaseUrl, async (url) => {
      const prefix = `idle_${randomBytes(3).toString('hex')}.`;
      await withAdmin(kafkaBrokers, (admin) => ensureTopics(admin, topicNames(prefix), PARTITIONS));
      const port = await freePort();
      const env = {
        KAFKA_BROKERS: kafkaBrokers,
        DATABASE_URL: url,
        OMS_TOPIC_PREFIX: prefix,
        OMS_PORTS: String(port),
      };
      const parts: Measured[] = [];
      for (const stages of ['place', 'correlate,policies', 'sink'])
        parts.push(await Measured.start(['dist/cli/oms.js', 'pipeline', '--stages', stages], env, /running/));
      parts.push(await Measured.start(['dist/cli/oms.js', 'gateway'], env, null));
      try {
        await retryUntil(async () => {
          if (!(await fetch(`http://127.0.0.1:${port}/ready`)).ok) throw new Error('the gateway is not ready');
        }, 60_000);
        await pause(SETTLE_MS);
        return await measure(parts, kafka.pid);
      } finally {
        for (const part of parts) await part.stop();
      }
    }),
  );
}

async function measure(parts: readonly Measured[], brokerPid: number | null): Promise<Quantity[]> {
  const cpuMs = () => ({
    ours: parts.reduce((sum, part) => sum + part.cpuMs, 0),
    broker: brokerPid === null ? 0 : cpuMsOf(brokerPid),
  });
  const shares: { ours: number; broker: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [before, startedAt] = [cpuMs(), performance.now()];
    await pause(ROUND_MS);
    const [after, wallMs] = [cpuMs(), performance.now() - startedAt];
    const percent = (name: 'ours' | 'broker') => Number((((after[name] - before[name]) / wallMs) * 100).toFixed(1));
    shares.push({ ours: percent('ours'), broker: percent('broker') });
  }
  const of = (name: 'ours' | 'broker') => shares.map((share) => share[name]);
  return [
    quantityOf('all parts, idle', '% of a core', of('ours')),
    quantityOf('the broker, idle', '% of a core', of('broker')),
  ];
}
