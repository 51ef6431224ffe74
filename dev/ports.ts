/** TCP ports of this machine's loopback address. */
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Binds a port for a moment; resolves with the port that was bound, or null if it is taken. */
function tryPort(port: number, host: string): Promise<number | null> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE'
        ? done(null)
        : fail(new Error(`Port ${port} cannot be used: ${error.message}.`, { cause: error })),
    );
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : port));
    });
  });
}

/** A port that nobody listens on, as the kernel gives it out. */
export async function freePort(): Promise<number> {
  return (await tryPort(0, '127.0.0.1'))!;
}

/** Below the ports from which Linux takes those of clients: between our look and its use none can take one of these. */
const SERVER_PORTS = { from: 20_000, to: 32_000 };

/** The first of `count` ports in a row that nobody listens on. */
export async function freePortsInARow(count: number): Promise<number> {
  for (;;) {
    const first = SERVER_PORTS.from + Math.floor(Math.random() * (SERVER_PORTS.to - SERVER_PORTS.from - count));
    const ports = Array.from({ length: count }, (_, i) => first + i);
    const free = await Promise.all(ports.map((port) => tryPort(port, '127.0.0.1')));
    if (!free.includes(null)) return first;
  }
}

/**
 * Makes sure that a host is one of this machine's addresses, or a name of one.
 * @throws Error when nothing could listen there
 */
export async function requireOwnHost(host: string): Promise<void> {
  try {
    await tryPort(0, host);
  } catch (error) {
    const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address));
    throw new Error(
      `OMS_HOST="${host}" is no address of this machine: set it to one of ${[...new Set(own)].join(', ')}, or to 0.0.0.0 for all.`,
      { cause: error },
    );
  }
}

/**
 * Makes sure that a port can be listened on.
 * @param what who wants it, e.g. 'Kafka'
 * @param variable the environment variable that moves it
 * @throws Error when it is taken, or we have no right to it
 */
export async function requireFreePort(port: number, what: string, variable: string, host = '127.0.0.1'): Promise<void> {
  let bound: number | null;
  try {
    bound = await tryPort(port, host);
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message} Set ${variable} to another.`, { cause: error });
  }
  if (bound === null) {
    throw new Error(`${what}: port ${port} is in use; end what listens there, or set ${variable} to a free port.`);
  }
}
