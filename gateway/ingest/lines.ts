const NEWLINE = 0x0a;

/** The lines of a body, without their ends and without empty ones. */
export function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found === -1 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    if (line.some((byte) => byte > 0x20)) yield line;
    start = end + 1;
  }
}

/** Puts lines together again, into as few bodies of at most `maxBytes` as their order allows. */
export class LineBodies {
  readonly #ended: Buffer[] = [];
  #body: Buffer | null = null;
  #bytes = 0;

  /** @param expectedBytes of all lines: no body is begun with more room than that */
  constructor(
    private readonly maxBytes: number,
    private readonly expectedBytes: number,
  ) {}

  add(line: Buffer): void {
    if (this.#body && this.#bytes + 1 + line.length > this.#body.length) this.#end();
    // Memory of its own: a body changes hands between threads.
    this.#body ??= Buffer.allocUnsafeSlow(Math.max(line.length, Math.min(this.maxBytes, this.expectedBytes)));
    if (this.#bytes > 0) this.#body[this.#bytes++] = NEWLINE;
    this.#bytes += line.copy(this.#body, this.#bytes);
  }

  /** All bodies; no more lines come. */
  end(): Buffer[] {
    this.#end();
    return this.#ended;
  }

  #end(): void {
    if (this.#body) this.#ended.push(this.#body.subarray(0, this.#bytes));
    this.#body = null;
    this.#bytes = 0;
  }
}
