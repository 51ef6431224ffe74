import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freePort, freePortsInARow, requireFreePort, requireOwnHost } from './ports.js';

let server: Server | undefined;
afterEach(() => new Promise((done) => (server ? server.close(done) : done(undefined))));

test('a port that the kernel gives out can be listened on', async () => {
  const port = await freePort();
  expect(port).toBeGreaterThan(1023);
  await requireFreePort(port, 'Kafka', 'OMS_KAFKA_PORT');
});

test('ports in a row can be listened on, all of them', async () => {
  const first = await freePortsInARow(3);
  for (const port of [first, first + 1, first + 2]) await requireFreePort(port, 'Kafka', 'OMS_KAFKA_PORT');
});

test('a port in use is named, with the variable that moves it', async () => {
  const port = await freePort();
  server = createServer();
  await new Promise<void>((done) => server!.listen(port, '127.0.0.1', done));
  await expect(requireFreePort(port, 'Kafka', 'OMS_KAFKA_PORT')).rejects.toThrow(
    `Kafka: port ${port} is in use; end what listens there, or set OMS_KAFKA_PORT to a free port.`,
  );
});

test('a host that is not of this machine is told, with those that are', async () => {
  await requireOwnHost('localhost');
  await requireOwnHost('0.0.0.0');
  const sentence = (host: string) =>
    new RegExp(
      `^OMS_HOST="${host}" is no address of this machine: set it to one of .*127\\.0\\.0\\.1.*, or to 0\\.0\\.0\\.0`,
    );
  // 192.0.2.0/24 is for documentation: nobody has it.
  for (const host of ['192.0.2.9', 'no.such.host.invalid'])
    await expect(requireOwnHost(host)).rejects.toThrow(sentence(host));
});
