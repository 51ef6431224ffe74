import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { quantityOf, type Quantity } from './figures.js';
import { alarm, event, withGateway } from './gateway-process.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const PREFIX = 'bodies.';
const AT_ONCE = 10;
const MB = 1024 * 1024;

const meterEvent =
  `<EndDeviceEvent><mRID>K-1</mRID><createdDateTime>${alarm.timestamp}</createdDateTime><Assets><mRID>M1</mRID></Assets>` +
  '<EndDeviceEventType ref="3.26.0.47"/></EndDeviceEvent>';
const MESSAGE = ['<EventMessage><Payload><EndDeviceEvents>', '</EndDeviceEvents></Payload></EventMessage>'] as const;

/** As much of a repeated part as fits between a begin and an end. */
function filled(bytes: number, [begin, part, separator, end]: readonly [string, string, string, string]): string {
  const count = Math.floor((bytes - begin.length - end.length) / (part.length + separator.length));
  return begin + Array(count).fill(part).join(separator) + end;
}

interface Bodies {
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

const lines = (bytes: number, line: string): Bodies => ({
  path: '/api/oms/events',
  type: 'application/x-ndjson',
  body: filled(bytes, ['', line, '\n', '']),
});
const list = (path: string, bytes: number, item: object): Bodies => ({
  path,
  type: 'application/json',
  body: filled(bytes, ['[', JSON.stringify(item), ',', ']']),
});
const xml = (bytes: number, part: string): Bodies => ({
  path: '/kaifa',
  type: 'text/xml',
  body: filled(bytes, [MESSAGE[0], part, '', MESSAGE[1]]),
});

/** Of lists and XML the gateway takes 1 MB; larger ones it refuses unread. */
const BODIES: Readonly<Record<string, Bodies>> = {
  'a JSON list of 20 KB': list('/scada-mock-generator', 20_000, alarm),
  '8 MB of refused lines': lines(8 * MB, '{"a":1}'),
  '8 MB of accepted lines': lines(8 * MB, JSON.stringify(event(1))),
  'a JSON list of 8 MB': list('/api/oms/events', 8 * MB, event(1)),
  'a JSON list of 1 MB': list('/scada-mock-generator', MB, alarm),
  'a refused JSON list of 1 MB': list('/scada-mock-generator', MB, {}),
  'XML of 8 MB': xml(8 * MB, meterEvent),
  'XML of 1 MB': xml(MB, meterEvent),
  'refused XML of 1 MB': xml(MB, '<EndDeviceEvent/>'),
};

/** Asks `/health` every few ms until it is told that it is enough, from a thread of its own: what sends the bodies has no time for it. */
const WATCH = `
  const { parentPort, workerData } = require('node:worker_threads');
  let longestMs = 0;
  let asking = true;
  parentPort.on('message', () => (asking = false));
  (async () => {
    await (await fetch(workerData)).text();
    parentPort.postMessage('ready');
    while (asking) {
      const since = performance.now();
      await (await fetch(workerData)).text();
      longestMs = Math.max(longestMs, performance.now() - since);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    parentPort.postMessage(longestMs);
    parentPort.close();
  })();`;

/** How long `/health` waits while ten large bodies come in at once, and how much memory the gateway takes meanwhile. */
export function benchGatewayBodies(): Promise<Quantity[]> {
  return withGateway(PREFIX, async (gateway, url) => {
    const figures: Quantity[] = [];
    for (const [name, bodies] of Object.entries(BODIES)) {
      const longestMs: number[] = [];
      for (let round = 0; round < ROUNDS; round++) longestMs.push(await healthBeside(url, name, bodies));
      console.error(`  at most ${gateway.peakRssMb} MB resident so far`);
      figures.push(quantityOf(`/health beside ten times ${name}`, 'ms', longestMs));
    }
    return [...figures, quantityOf('memory of the gateway, at most', 'MB', [gateway.peakRssMb])];
  });
}

/** The longest that `/health` took while the bodies were posted at once, ms. */
async function healthBeside(url: string, name: string, bodies: Bodies): Promise<number> {
  const watch = new Worker(WATCH, { eval: true, workerData: `${url}/health` });
  await once(watch, 'message');
  const since = performance.now();
  const statuses = await Promise.all(Array.from({ length: AT_ONCE }, () => post(url, bodies)));
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  watch.postMessage('enough');
  const [longestMs] = (await once(watch, 'message')) as [number];
  console.error(`  ${name}: ${statuses.join(' ')} in ${seconds} s, /health within ${Math.round(longestMs)} ms`);
  return Number(longestMs.toFixed(1));
}

async function post(url: string, { path, type, body }: Bodies): Promise<number> {
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': type }, body });
  await answer.arrayBuffer();
  return answer.status;
}
