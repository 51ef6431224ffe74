/**
 * Posts one event to the gateway: the last gasp of a meter. Where it answers 503 the same is sent again after `retry-after`: under
 * its id it counts once, however often it comes.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const [assetId = 'M000001', gateway = 'http://127.0.0.1:9080'] = process.argv.slice(2);
const event = {
  source: 'kaifa',
  kind: 'outage',
  type: 'last_gasp',
  sourceEventId: randomUUID(),
  assetId,
  occurredAt: new Date().toISOString(),
};

function post() {
  return fetch(`${gateway}/api/oms/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });
}

let answer = await post();
while (answer.status === 503) {
  await pause(1000 * Number(answer.headers.get('retry-after') ?? 5));
  answer = await post();
}
console.log(answer.status, await answer.text());
process.exitCode = answer.status === 202 ? 0 : 1;
