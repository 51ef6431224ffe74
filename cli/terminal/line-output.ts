import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { fileProblem } from '../../connections/files.js';

/** Lines to a file or to standard output, no faster than they are taken. */
export class LineOutput {
  readonly #out: Writable;
  #failed: Error | null = null;

  /** @param file absent: standard output */
  constructor(private readonly file?: string) {
    this.#out = file === undefined ? process.stdout : createWriteStream(file);
    this.#out.on('error', (error: NodeJS.ErrnoException) => {
      this.#failed = fileProblem(file ?? 'standard output', error);
    });
  }

  /** @throws Error if the file cannot be written */
  async line(text: string): Promise<void> {
    if (this.#failed) throw this.#failed;
    if (!this.#out.write(`${text}\n`)) await this.#heard('drain');
  }

  /** Resolves when all lines are written. */
  async end(): Promise<void> {
    if (this.#failed) throw this.#failed;
    if (this.file === undefined) return;
    this.#out.end();
    await this.#heard('finish');
  }

  async #heard(event: 'drain' | 'finish'): Promise<void> {
    await once(this.#out, event).catch((error: Error) => {
      throw this.#failed ?? error;
    });
  }
}
