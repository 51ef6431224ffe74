/** A Chromium of this machine, for the tests in a real browser. */
import { findCommand } from './command.js';
import { installPackages } from './debian-packages.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Path of a Chromium or Chrome, or null. */
export function findChromium(): string | null {
  for (const name of NAMES) {
    const path = findCommand(name);
    if (path !== null) return path;
  }
  return findCommand(MAC, { PATH: '/' });
}

/**
 * Sees to it that there is a Chromium; installs one where we may.
 * @returns its path
 * @throws Error when there is none
 */
export async function requireChromium(say: (line: string) => void): Promise<string> {
  const found = findChromium();
  if (found !== null) return found;
  await installPackages('Chromium', ['chromium'], null, say);
  const installed = findChromium();
  if (installed === null) throw new Error('Chromium was installed but is not on the PATH: put it there.');
  return installed;
}
