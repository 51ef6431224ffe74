/** System packages, where the machine is Debian's and we may install them. */
import { findCommand, runCommand } from './command.js';

/** Whether this process may install Debian packages. */
export function mayInstallPackages(): boolean {
  return process.getuid?.() === 0 && findCommand('apt-get') !== null;
}

/**
 * Sees to it that something is there: installs Debian packages if we may.
 * @param what what is missing, as a user calls it
 * @param packages Debian's names for it
 * @param otherwise what to do instead of installing it, e.g. 'set DATABASE_URL to a PostGIS that runs'
 * @throws Error when it cannot be installed here
 */
export async function installPackages(
  what: string,
  packages: readonly string[],
  otherwise: string | null,
  say: (line: string) => void,
): Promise<void> {
  const install = `apt-get install ${packages.join(' ')}`;
  if (!mayInstallPackages()) {
    const or = otherwise === null ? '' : `, or ${otherwise}`;
    throw new Error(`${what} is missing: install it (on Debian as root: ${install})${or}.`);
  }
  say(`${what} is missing: installing it (${install}); this can take some minutes.`);
  const apt = (...args: string[]) =>
    runCommand('apt-get', ['-q', '-y', '-o', 'DPkg::Lock::Timeout=600', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  const arguments_ = ['install', '--no-install-recommends', ...packages];
  let result = await apt(...arguments_);
  if (result.code !== 0) {
    // Package lists that are absent or stale are the usual reason.
    await apt('update');
    result = await apt(...arguments_);
  }
  if (result.code !== 0) {
    const reason = /^E: (.*)$/m.exec(result.err)?.[1] ?? `apt-get ended with code ${result.code}`;
    throw new Error(`${what} could not be installed with ${install}: ${reason}`);
  }
}
