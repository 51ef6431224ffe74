/** Logs that were kept of each meaning of the contract, with the outages that they gave: they must go on giving them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeLogRecord } from '../../operators/log/log-record.js';
import { parseKey } from '../../operators/model/event.js';
import type { Compared, KeyLog } from './second-engine.js';

const file = (number: number, name: string): string =>
  fileURLToPath(new URL(`../../data/meaning/${number}/${name}.ndjson`, import.meta.url));

/** Where the outages of a meaning stand: {@link linesOf} of them. */
export const keptOutagesFile = (number: number): string => file(number, 'outages');

/** The logs of a meaning: a line is a key and a record of its log as JSON. */
export function keptLogs(number: number): KeyLog[] {
  const lines = readFileSync(file(number, 'logs'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const { key, record } = JSON.parse(line) as { key: string; record: object };
    return { key: parseKey(key), entries: decodeLogRecord(Buffer.from(JSON.stringify(record))) };
  });
}

/** The outages that the logs of a meaning gave. */
export function keptOutages(number: number): Compared[] {
  const lines = readFileSync(keptOutagesFile(number), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Compared);
}

/** Outages as they are kept, in the order of their ids. */
export function linesOf(outages: readonly Compared[]): string {
  const sorted = [...outages].sort((a, b) => (a.outageId < b.outageId ? -1 : 1));
  return sorted.map((outage) => `${JSON.stringify(outage)}\n`).join('');
}
