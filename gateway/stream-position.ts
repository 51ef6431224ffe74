/** How far a client of the live stream has heard one partition of the outages. */
export interface Heard {
  /** The next offset of the outages' topic. */
  readonly next: number;
  /** The log record that led to the last outage record heard; -1: none was ever there. */
  readonly log: number;
}

/** How far a client has heard, by partition. */
export type StreamPosition = ReadonlyMap<number, Heard>;

const ENTRY = /^(\d{1,6})\.(\d{1,16})\.(-1|\d{1,16})$/;

/** The position as the id of a server-sent event: any gateway can resume from it. */
export function formatPosition(position: StreamPosition): string {
  return [...position]
    .sort(([a], [b]) => a - b)
    .map(([partition, { next, log }]) => `${partition}.${next}.${log}`)
    .join(',');
}

/** Reads {@link formatPosition} back; null if it is none. */
export function parsePosition(text: string): StreamPosition | null {
  const position = new Map<number, Heard>();
  for (const entry of text.split(',')) {
    const match = ENTRY.exec(entry);
    if (!match) return null;
    position.set(Number(match[1]), { next: Number(match[2]), log: Number(match[3]) });
  }
  return position;
}
