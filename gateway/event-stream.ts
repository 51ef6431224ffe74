import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/** A client that lets this much lie unread is dropped: it comes back and resumes. */
const MAX_UNREAD_BYTES = 1024 * 1024;
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 2000;

/** The answer of a stream, for its description. */
export const EVENT_STREAM = {
  200: { description: 'Server-sent events, without an end', content: { 'text/event-stream': { schema: {} } } },
} as const;

/** A message of server-sent events. `data` is JSON on one line. */
export function eventFrame(event: string, data: string, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}

/** One client of a stream of server-sent events. */
export class EventStream {
  readonly #raw: ServerResponse;

  /** Takes over the answer of a request. */
  constructor(reply: FastifyReply) {
    reply.hijack();
    this.#raw = reply.raw;
    this.#raw.on('error', () => undefined);
    this.#raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    this.#raw.write(`retry: ${RETRY_MS}\n\n`);
  }

  get closed(): boolean {
    return this.#raw.closed || this.#raw.destroyed || this.#raw.writableEnded;
  }

  /** Sends at once; drops the client if it does not read. */
  send(frame: string): void {
    if (this.closed) return;
    this.#raw.write(frame);
    if (this.#raw.writableLength > MAX_UNREAD_BYTES) this.#raw.destroy();
  }

  /** Sends, and waits until the client has read what lies before it. */
  async sendPaced(frame: string): Promise<void> {
    if (this.closed || this.#raw.write(frame)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#raw.off('drain', done).off('close', done);
        resolve();
      };
      this.#raw.once('drain', done).once('close', done);
    });
  }

  /** Ends the stream; the client may come back. */
  end(): void {
    this.#raw.end();
  }

  onClose(done: () => void): void {
    this.#raw.once('close', done);
  }
}

/** All clients of one stream. */
export class Audience {
  readonly #streams = new Set<EventStream>();
  #heartbeat: NodeJS.Timeout | undefined;

  get size(): number {
    return this.#streams.size;
  }

  /** Takes a client in, until it leaves. */
  add(stream: EventStream): void {
    if (stream.closed) return;
    this.#streams.add(stream);
    stream.onClose(() => this.#leave(stream));
    this.#heartbeat ??= setInterval(() => this.broadcast(': heartbeat\n\n'), HEARTBEAT_MS);
  }

  broadcast(frame: string): void {
    for (const stream of this.#streams) stream.send(frame);
  }

  /** Ends all streams. */
  close(): void {
    for (const stream of this.#streams) stream.end();
  }

  #leave(stream: EventStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}
