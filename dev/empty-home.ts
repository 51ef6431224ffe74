/** Ends what runs from a data folder and removes what was made in it. */
import { existsSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import { dockerRuns, removeContainers } from './docker.js';
import { homesIn, madeIn } from './home.js';
import { folderElsewhere } from './postgres-folder.js';
import { endRecorded, livingProcesses } from './process-record.js';

/** Long enough for `npm start` to stop its children and then the services. */
const END_TIMEOUT_MS = 60_000;

/**
 * What emptying a data folder would remove, as paths: what was made there, and the data that was put elsewhere for it.
 * @param home the folder, absolute
 * @throws Error when the folder holds the working folder, be it through a link
 */
export function removableFrom(home: string): string[] {
  if (!existsSync(home)) return [];
  const inside = relative(realpathSync(home), realpathSync(process.cwd()));
  if (inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)) {
    throw new Error(
      `OMS_HOME=${home} holds the working folder and will not be emptied: give data a folder of its own.`,
    );
  }
  return homesIn(home).flatMap((folder) => [...madeIn(folder), ...[folderElsewhere(folder)].filter(existsSync)]);
}

/**
 * Ends the processes and containers that were started from a data folder, then removes what was made in it. Follows no
 * link. Servers given by URL are left alone.
 * @param home the folder, absolute
 * @throws Error when the folder holds the working folder, or when a process does not end
 */
export async function emptyHome(home: string, say: (line: string) => void): Promise<void> {
  if (removableFrom(home).length === 0) return;
  const docker = await dockerRuns();
  for (const folder of homesIn(home)) {
    // npm start ends its own children in order, so it goes first.
    const first = livingProcesses(folder).filter(({ name }) => name === 'start');
    for (const record of first) {
      say(`Ending ${record.name} (process ${record.pid}).`);
      await endRecorded(record, END_TIMEOUT_MS);
    }
    await Promise.all(
      livingProcesses(folder).map((record) => {
        say(`Ending ${record.name} (process ${record.pid}).`);
        return endRecorded(record, END_TIMEOUT_MS);
      }),
    );
    if (docker) await removeContainers(folder);
    for (const path of [...madeIn(folder), folderElsewhere(folder)]) rmSync(path, { recursive: true, force: true });
    if (folder !== home && readdirSync(folder).length === 0) rmdirSync(folder);
  }
}
