import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Lines to a file or to standard output, no faster than they are taken. */
export class LineOutput {
  readonly #out: Writable;

  /** @param file absent: standard output */
  constructor(private readonly file?: string) {
    this.#out = file === undefined ? process.stdout : createWriteStream(file);
  }

  async line(text: string): Promise<void> {
    if (!this.#out.write(`${text}\n`)) await once(this.#out, 'drain');
  }

  async end(): Promise<void> {
    if (this.file === undefined) return;
    this.#out.end();
    await once(this.#out, 'finish');
  }
}
