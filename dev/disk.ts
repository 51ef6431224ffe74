/** What a full disk is called, which Node tells without its place and other programs only in their logs. */
import { existsSync, statfsSync } from 'node:fs';

/** With less than this Kafka and PostgreSQL end: they take room in pieces of some megabytes. */
const LEAST_MB = 20;

/**
 * Looks for a disk without room.
 * @param folders those that are written to; what is not there is passed over
 * @returns a sentence that names the first one whose disk is full, or null
 */
export function fullDisk(folders: readonly string[], leastMb = LEAST_MB): string | null {
  for (const folder of folders.filter(existsSync)) {
    const { bavail, bsize, blocks } = statfsSync(folder);
    const freeMb = Math.floor((bavail * bsize) / 1e6);
    // File systems that are not kept on a disk have no blocks.
    if (blocks > 0 && freeMb < leastMb)
      return `The disk of ${folder} is full (${freeMb} MB left): make room there, then start again.`;
  }
  return null;
}
