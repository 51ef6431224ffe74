/** The data folder: how it is made, and what in it is ours. A file in it says so, so that emptying it takes nothing else. */
import { accessSync, constants, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MARKER = 'made-here.json';

/** What we make in a data folder, and how one of a version without the marker is known: all its entries, or its text. */
const SIGNS: Readonly<Record<string, RegExp>> = {
  'connections.json': /"kafkaBrokers"/,
  'test-report.json': /"numTotalTests"/,
  'members.log': /^/,
  kafka: /^(data|libs(\.partial-\d+)?|server\.properties)$/,
  postgres: /^(data|data\.new|password)$/,
  logs: /\.log$/,
  run: /\.json$/,
};

/** Data folders inside the data folder of a checkout. */
const INNER_HOMES = ['test', 'faults', 'bench', 'slow-broker', 'start'];

/** What lies at a path, without following a link. */
function kindOf(path: string): 'folder' | 'file' | 'other' | 'absent' {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'absent';
  return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other';
}

function hasSign(path: string, sign: RegExp): boolean {
  const kind = kindOf(path);
  if (kind === 'folder') return readdirSync(path).every((name) => sign.test(name));
  return kind === 'file' && sign.test(readFileSync(path, 'utf8'));
}

/** Names in a folder that are known as ours by their sign; none if nothing shows that we have worked in it. */
function knownBySign(home: string): string[] {
  const known = Object.keys(SIGNS).filter((name) => hasSign(join(home, name), SIGNS[name]!));
  return ['run', 'kafka'].some((name) => known.includes(name) && readdirSync(join(home, name)).length > 0) ? known : [];
}

function markedIn(home: string): string[] | null {
  if (kindOf(join(home, MARKER)) !== 'file') return null;
  // What a disk that was full has cut off says nothing; and nobody who writes into the file can name what is not ours.
  const text = readFileSync(join(home, MARKER), 'utf8');
  return Object.keys(SIGNS).filter((name) => text.includes(JSON.stringify(name)));
}

/** What we have made in a data folder itself, as paths; what inner data folders hold is theirs. */
export function madeIn(home: string): string[] {
  const marked = markedIn(home);
  const names = marked === null ? knownBySign(home) : [...marked, MARKER];
  return names.map((name) => join(home, name)).filter((path) => kindOf(path) !== 'absent');
}

/** The data folders inside a data folder, such as the tests', and the folder itself, if anything in them is ours. */
export function homesIn(home: string): string[] {
  const inner = INNER_HOMES.map((name) => join(home, name)).filter((path) => kindOf(path) === 'folder');
  return [...inner, home].filter((folder) => madeIn(folder).length > 0);
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'you have no right to write there',
  EPERM: 'you have no right to write there',
  EROFS: 'it is on a read-only file system',
  ENOSPC: 'its disk is full',
  ENOTDIR: 'a file is in its path',
  EEXIST: 'a file is in its place',
  ENOENT: 'no folder can be made there',
};

/** Makes a folder and those above it; one by one, since Node would try for ever where a file system takes no folders. */
function makeFolder(path: string): void {
  if (kindOf(path) === 'absent') {
    makeFolder(dirname(path));
    mkdirSync(path);
  } else readdirSync(path);
}

/**
 * Makes the data folder if need be, and writes down what in it is ours: what is there already and is not, stays out.
 * @throws Error when it cannot be made or written, as after a run by another user
 */
export function makeHome(home: string): void {
  try {
    makeFolder(home);
    const known = new Set([...(markedIn(home) ?? knownBySign(home))]);
    const made = Object.keys(SIGNS).filter((name) => known.has(name) || kindOf(join(home, name)) === 'absent');
    writeFileSync(join(home, MARKER), `${JSON.stringify({ made })}\n`);
    for (const name of made) if (kindOf(join(home, name)) !== 'absent') accessSync(join(home, name), constants.W_OK);
  } catch (error) {
    const { code = '', message, path = home } = error as NodeJS.ErrnoException;
    throw new Error(
      `OMS_HOME=${home} cannot be used: ${WHY[code] ?? message}${path === home ? '' : ` (${path})`}. ` +
        'Set OMS_HOME to a folder of your own, on a disk with room.',
      { cause: error },
    );
  }
}
