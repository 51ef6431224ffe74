import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../dev/chromium.js';
import { freePort } from '../dev/ports.js';
import { retryUntil } from '../dev/retry.js';
import { openLog } from '../connections/telemetry/log.js';
import { startGateway, type RunningGateway } from '../gateway/gateway.js';
import type { OutageRecord } from '../operators/model/outage.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { sendToGateway } from '../simulator/storm/gateway-sender.js';
import { simulateStorm } from '../simulator/storm/storm.js';
import { TestSystem } from './kit/system.js';

const OPEN = ['detected', 'confirmed', 'in_progress', 'partially_restored'];

const network = await readNetwork(new URL('../data/ieee9500', import.meta.url).pathname);
const storm = simulateStorm(network, { seed: 11, faults: 12, hours: 2, startMs: Date.now() - 3 * 3_600_000 });

let system: TestSystem;
let gateway: RunningGateway;
let url: string;
let browser: Browser;

beforeAll(async () => {
  const port = await freePort();
  system = await TestSystem.start(network, { OMS_PORTS: String(port), OMS_LOG_LEVEL: 'error' });
  await system.run('place', 'correlate', 'sink');
  gateway = await startGateway(system.environment, await openLog(system.environment, { name: 'oms-gateway' }));
  url = `http://127.0.0.1:${port}`;
  await retryUntil(async () => {
    if (!(await fetch(`${url}/ready`)).ok) throw new Error('the gateway is not ready');
  }, 30_000);
  browser = await chromium.launch({
    executablePath: findChromium()!,
    args: [
      '--headless=new',
      '--no-sandbox',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--disable-background-networking',
    ],
  });
});

afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  await system?.stop();
});

async function post(
  path: string,
  body: unknown,
  contentType = 'application/json',
): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

async function openOutages(): Promise<OutageRecord[]> {
  const outages: OutageRecord[] = [];
  let cursor: string | null = null;
  do {
    const query: string = `status=${OPEN.join(',')}&limit=50${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = (await (await fetch(`${url}/api/oms/outages?${query}`)).json()) as {
      outages: OutageRecord[];
      nextCursor: string | null;
    };
    outages.push(...page.outages);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return outages;
}

async function openPage(): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.goto(url);
  await page.waitForFunction(() => (globalThis as { __omsMapReady?: boolean }).__omsMapReady === true, undefined, {
    timeout: 60_000,
  });
  return page;
}

describe('a storm of the simulator, through the gateway, to the page', () => {
  it('adds up: sent = correlated + late + unplaced + rejected + duplicates', async () => {
    const answers = await sendToGateway(url, storm.events, 'source', async () => undefined);
    expect(Object.values(answers).reduce((a, b) => a + b, 0)).toBe(storm.events.length);
    expect(Object.keys(answers).every((status) => status.startsWith('2'))).toBe(true);
    await system.settled(storm.events.length);
    const outcomes = await system.outcomes();
    expect(outcomes.correlated).toBeGreaterThan(storm.events.length / 2);
    expect(outcomes.rejected).toBe(0);
  });

  it('shows the open outages in list and map, and why the events of one belong together', async () => {
    const open = await openOutages();
    expect(open.length).toBe(
      await system.count(`select count(*) from oms.outages where status = any('{${OPEN.join(',')}}')`),
    );
    expect(open.length).toBeGreaterThan(0);
    const page = await openPage();
    await expect
      .poll(() => page.getByTestId('open-count').textContent(), { timeout: 20_000 })
      .toContain(String(open.length));
    await page.getByTestId('outage-row').first().click();
    await page.getByTestId('outage-detail').waitFor();
    await page.getByTestId('member-row').first().waitFor();
    expect(await page.getByTestId('outage-detail').textContent()).toMatch(/opened|m and|gathers/i);
    expect(await page.getByTestId('map').locator('canvas').count()).toBe(1);
    await page.close();
  });

  it('is live: a new outage appears without a reload, and leaves when it is cancelled', async () => {
    const page = await openPage();
    await expect.poll(() => page.getByTestId('live-state').getAttribute('data-state')).toBe('live');
    const count = async (): Promise<number> =>
      Number((await page.getByTestId('open-count').textContent())!.replace(/\D/g, ''));
    const before = await count();
    const now = new Date().toISOString();
    const { status, json } = await post('/api/oms/events/correlate', {
      event_type: 'outage',
      source_type: 'kaifa',
      source_event_id: 'live-1',
      timestamp: now,
      latitude: null,
      longitude: null,
      correlation_window_minutes: 45,
      metadata: { meter_id: network.customers[0]!.meterId },
    });
    expect(status).toBe(200);
    expect(json.outage_event_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify(json.warnings)).toContain('45');
    await expect.poll(count, { timeout: 20_000 }).toBe(before + 1);
    const id = String(json.outage_event_id);
    await retryUntil(async () => {
      const answer = await post(`/api/oms/outages/${id}/commands`, {
        command: 'cancel',
        author: 'ann',
        reason: 'a test',
      });
      if (answer.status !== 202) throw new Error(`answered ${answer.status}`);
    }, 20_000);
    await expect.poll(count, { timeout: 20_000 }).toBe(before);
    await page.close();
  });

  it('answers for a copy with the outage that the first one joined', async () => {
    const event = {
      event_type: 'last_gasp',
      source_type: 'onu',
      source_event_id: 'copy-1',
      timestamp: new Date().toISOString(),
      latitude: null,
      longitude: null,
      metadata: { meter_id: network.customers.at(-1)!.meterId },
    };
    const first = await post('/api/oms/events/correlate', event);
    const second = await post('/api/oms/events/correlate', event);
    expect(second.json.outage_event_id).toBe(first.json.outage_event_id);
  });
});

describe('bad input at the gateway', () => {
  const good = {
    source: 'kaifa',
    kind: 'outage',
    sourceEventId: 'g-1',
    assetId: 'M000001',
    occurredAt: new Date().toISOString(),
  };

  it.each<[string, string, unknown, string, number]>([
    ['no JSON', '/api/oms/events', '{"source":', 'application/json', 400],
    ['the wrong shape', '/onu-event', { hello: 1 }, 'application/json', 400],
    ['a missing field', '/scada-mock-generator', { eventType: 'BreakerTrip' }, 'application/json', 400],
    [
      'a time that is none',
      '/api/oms/events',
      { ...good, occurredAt: '2026-02-30T00:00:00Z' },
      'application/json',
      400,
    ],
    ['latitude 91', '/api/oms/events', { ...good, lat: 91, lon: 1 }, 'application/json', 400],
    [
      'an id that cannot be printed',
      '/api/oms/events',
      { ...good, sourceEventId: 'a\u0001b' },
      'application/json',
      400,
    ],
    ['a call without customer', '/trouble-call/intake', { ticketId: 'x', timestamp: 'x' }, 'application/json', 400],
  ])('%s is refused with the reason, and nothing is published', async (_, path, body, contentType, status) => {
    const answer = await post(path, body, contentType);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.json).length).toBeGreaterThan(20);
  });

  it('a body of 50 MB is refused', async () => {
    const response = await fetch(`${url}/api/oms/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: 'x'.repeat(50_000_000),
    }).catch((error: Error) => error);
    // The gateway may close the connection while the body is still being sent.
    if (!(response instanceof Error)) expect(response.status).toBe(413);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('an XML bomb is refused', async () => {
    const bomb = '<!DOCTYPE l [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><Envelope>&b;</Envelope>';
    const response = await fetch(`${url}/kaifa`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body: bomb,
    });
    expect(response.status).toBe(400);
  });

  it('each event of a batch is answered for', async () => {
    const lines = [
      good,
      { ...good, sourceEventId: 'g-2', occurredAt: 'yesterday' },
      { ...good, sourceEventId: 'g-3', source: 'x' },
    ];
    const { status, json } = await post(
      '/api/oms/events',
      lines.map((line) => JSON.stringify(line)).join('\n') + '\n{"half',
      'application/x-ndjson',
    );
    expect(status).toBe(202);
    expect(json).toMatchObject({ accepted: 1, rejected: 3 });
    expect((json.events as { status: string }[]).map((event) => event.status)).toEqual([
      'accepted',
      'rejected',
      'rejected',
      'rejected',
    ]);
  });

  it('the same event 1 000 times is one member', async () => {
    const same = Array.from({ length: 1000 }, () =>
      JSON.stringify({ ...good, sourceEventId: 'same', assetId: 'M000900' }),
    );
    const { json } = await post('/api/oms/events', same.join('\n'), 'application/x-ndjson');
    expect(json.accepted).toBe(1000);
    await retryUntil(async () => {
      const copies = await system.count(
        "select count(*) from oms.witnesses where source_event_id = 'same' and what = 'duplicate'",
      );
      if (copies !== 999) throw new Error(`${copies} of 999 copies are known as such`);
    }, 30_000);
    expect(await system.count("select count(*) from oms.members where source_event_id = 'same'")).toBe(1);
  });
});
