// @ts-check
/** What has to be done before the product can run: nothing is installed or built twice. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lock
 */

/**
 * Whether node_modules holds what package-lock.json asks for. Compares the contents: a checkout changes the times of
 * files that are the same.
 * @param {Lock} asked package-lock.json
 * @param {Lock | null} installed node_modules/.package-lock.json, or null when there is none
 */
export function isInstalled(asked, installed) {
  if (installed === null) return false;
  return Object.entries(asked.packages ?? {}).every(([path, wanted]) => {
    // The project itself; and packages for other systems, which npm leaves out.
    if (path === '' || wanted.optional) return true;
    const there = installed.packages?.[path];
    return there !== undefined && there.version === wanted.version && there.integrity === wanted.integrity;
  });
}

/**
 * @param {string} file
 * @returns {Lock | null}
 */
export function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * When something was changed last, ms since 1970: a file, or anything in a folder, whose own time tells of removals.
 * @param {string} path
 * @returns {number} 0 when there is nothing
 */
export function changedAt(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  const inside = readdirSync(path)
    .filter((name) => name !== 'node_modules' && !name.endsWith('.test.ts'))
    .map((name) => changedAt(join(path, name)));
  return Math.max(stat.mtimeMs, ...inside);
}

/**
 * Whether what was built is at least as new as all it was built from.
 * @param {string} built the file that the build writes last
 * @param {readonly string[]} sources files and folders
 */
export function isBuilt(built, sources) {
  const builtAt = changedAt(built);
  return builtAt > 0 && sources.every((source) => changedAt(source) <= builtAt);
}
