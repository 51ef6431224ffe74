import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CanonicalEvent } from './canonical-event.js';
import { sendToGateway } from './gateway-sender.js';

/** A gateway that can be killed and started again on its port. */
class Gateway {
  readonly lines: string[] = [];
  #server: Server | null = null;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** @param answer what becomes of a body: a status, or null: the process ends before it answers */
  async start(answer: (body: string) => number | null = () => 202): Promise<void> {
    const server = createServer(async (request, response) => {
      const body = await text(request);
      this.lines.push(...body.split('\n'));
      const status = answer(body);
      if (status === null) this.kill();
      else response.writeHead(status, status === 503 ? { 'retry-after': '1' } : {}).end();
    });
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  kill(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#server = null;
  }
}

let gateway: Gateway;
beforeEach(() => {
  gateway = new Gateway();
});
afterEach(() => gateway.kill());

const TIME = '2026-10-04T18:04:18.018Z';
const events = Array.from({ length: 5 }, (_, n) => ({
  source: 'kaifa',
  sourceEventId: `K-${n}`,
  occurredAt: TIME,
  receivedAt: TIME,
})) as unknown as CanonicalEvent[];
const due = () => Promise.resolve();

/** Sends one event a post, so that there is a before and an after. */
const oneByOne = () => new Promise<void>((resolve) => setTimeout(resolve, 2));

it('waits for a gateway that is killed before it answers, says so, and loses nothing', async () => {
  let killed = false;
  const said: string[] = [];
  await gateway.start(() => {
    if (gateway.lines.length < 3 || killed) return 202;
    killed = true;
    return null;
  });
  const answers = await sendToGateway(gateway.url, events, 'canonical', oneByOne, {
    say: (line) => {
      said.push(line);
      if (line.includes('waiting')) void gateway.start();
    },
  });
  expect(answers).toEqual({ 202: 5 });
  expect(new Set(gateway.lines)).toEqual(new Set(events.map((event) => JSON.stringify(event))));
  expect(said).toEqual([expect.stringContaining('waiting for it'), expect.stringContaining('is back')]);
});

it('asks again where the gateway says 503', async () => {
  let times = 0;
  await gateway.start(() => (times++ === 0 ? 503 : 202));
  expect(await sendToGateway(gateway.url, events, 'canonical', due)).toEqual({ 202: 5 });
  expect(gateway.lines.length).toBeGreaterThan(5);
});

it('gives up at once where no gateway is, and after a while where it stays away', async () => {
  await gateway.start();
  gateway.kill();
  await expect(sendToGateway(gateway.url, events, 'canonical', due)).rejects.toThrow('cannot be reached');
  await gateway.start(() => (gateway.lines.length < 2 ? 202 : null));
  await expect(sendToGateway(gateway.url, events, 'canonical', oneByOne, { patienceMs: 100 })).rejects.toThrow(
    'has not answered for',
  );
});
