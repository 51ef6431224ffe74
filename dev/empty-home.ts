/** Ends what runs from a data folder and empties it. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { dockerRuns, removeContainers } from './docker.js';
import { folderElsewhere } from './postgres-folder.js';
import { endRecorded, livingProcesses } from './process-record.js';

/** Long enough for `npm start` to stop its children and then the services. */
const END_TIMEOUT_MS = 60_000;

/** The data folder and those inside it, such as the tests'; those where something of ours has run. */
export function homesIn(home: string): string[] {
  if (!existsSync(home)) return [];
  const inside = readdirSync(home, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(home, entry.name));
  return [...inside, home].filter((folder) => existsSync(join(folder, 'run')));
}

/**
 * Ends the processes and containers that were started from a data folder, then empties it, and the data that was put
 * elsewhere for it. Servers given by URL are left alone.
 * @param home the folder, absolute
 * @throws Error when the folder holds the working folder, or when a process does not end
 */
export async function emptyHome(home: string, say: (line: string) => void): Promise<void> {
  const inside = relative(home, process.cwd());
  if (!inside.startsWith('..') && !isAbsolute(inside)) {
    throw new Error(
      `OMS_HOME=${home} holds the working folder and will not be emptied: give data a folder of its own.`,
    );
  }
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
    rmSync(folderElsewhere(folder), { recursive: true, force: true });
  }
  if (!existsSync(home)) return;
  for (const name of readdirSync(home)) rmSync(join(home, name), { recursive: true, force: true });
}
