import { freePort } from '../dev/ports.js';
import { retryUntil } from '../dev/retry.js';
import { withAdmin } from '../streams/kafka/admin.js';
import { ensureTopics } from '../connections/topic-admin.js';
import { topicNames } from '../connections/topics.js';
import { Measured } from './processes.js';
import { withServices } from './services.js';

const PARTITIONS = 4;

/** A canonical event as a client posts it. */
export const event = (n: number) => ({
  source: 'kaifa',
  kind: 'outage',
  type: 'last_gasp',
  sourceEventId: `K-${n}`,
  assetId: `M${String(n).padStart(6, '0')}`,
  occurredAt: '2026-10-04T18:04:18.018Z',
  receivedAt: '2026-10-04T18:04:23.018Z',
  lat: 46.66,
  lon: -119.14,
});

/** An alarm as SCADA posts it. */
export const alarm = {
  eventType: 'BreakerTrip',
  substationId: 'S1',
  feederId: 'F1',
  mainStationId: '82001',
  alarmType: 'De-energized',
  timestamp: '2026-10-04T18:04:18.018Z',
  voltage: 0,
  deviceId: 'CB-1',
};

/**
 * Runs something with one gateway process that takes events, on a broker of its own and without a database.
 * @param prefix of its topics
 * @param run is given the process and where it answers
 */
export function withGateway<T>(prefix: string, run: (gateway: Measured, url: string) => Promise<T>): Promise<T> {
  return withServices(['kafka'], async ({ kafkaBrokers }) => {
    await withAdmin(kafkaBrokers, (admin) => ensureTopics(admin, topicNames(prefix), PARTITIONS));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const gateway = await Measured.start(
      ['dist/cli/oms.js', 'gateway'],
      {
        KAFKA_BROKERS: kafkaBrokers,
        DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
        OMS_TOPIC_PREFIX: prefix,
        OMS_PORTS: String(port),
      },
      null,
    );
    try {
      await retryUntil(() => takes(url), 30_000, 100);
      return await run(gateway, url);
    } finally {
      await gateway.stop();
    }
  });
}

/** Throws while the gateway does not take events. */
async function takes(url: string): Promise<void> {
  const answer = await fetch(`${url}/api/oms/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event(1)),
  });
  if (answer.status !== 202) throw new Error(`The gateway answers ${answer.status}: ${await answer.text()}`);
}
