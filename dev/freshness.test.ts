import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isBuilt, isInstalled, readLock } from './freshness.js';

const pg = { version: '8.23.1', integrity: 'sha512-a' };

describe('installed dependencies', () => {
  const asked = { packages: { '': { version: '0.1.0' }, 'node_modules/pg': pg } };

  test('are missing without node_modules', () => {
    expect(isInstalled(asked, null)).toBe(false);
    expect(readLock('/nowhere/package-lock.json')).toBeNull();
  });
  test('are those that the lockfile asks for', () => {
    expect(isInstalled(asked, { packages: { 'node_modules/pg': pg } })).toBe(true);
  });
  test('are out of date when a version differs or a package is missing', () => {
    expect(isInstalled(asked, { packages: { 'node_modules/pg': { ...pg, version: '8.0.0' } } })).toBe(false);
    expect(isInstalled(asked, { packages: {} })).toBe(false);
  });
  test('may lack packages for other systems', () => {
    const other = { packages: { 'node_modules/fsevents': { version: '2.3.3', optional: true } } };
    expect(isInstalled(other, { packages: {} })).toBe(true);
  });
});

describe('the build', () => {
  let root: string;
  const built = () => join(root, 'built');
  const source = () => join(root, 'sources', 'deep', 'source.ts');
  const at = (path: string, seconds: number) => utimesSync(path, seconds, seconds);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'oms-freshness-'));
    mkdirSync(join(root, 'sources', 'deep'), { recursive: true });
    for (const file of [built(), source(), join(root, 'sources', 'a.test.ts')]) writeFileSync(file, '');
    at(source(), 100);
    at(join(root, 'sources', 'deep'), 100);
    at(join(root, 'sources'), 100);
    at(built(), 200);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('is fresh when nothing changed after it, tests aside', () => {
    expect(isBuilt(built(), [join(root, 'sources')])).toBe(true);
  });
  test('is stale when a file deep down is newer', () => {
    at(source(), 300);
    expect(isBuilt(built(), [join(root, 'sources')])).toBe(false);
  });
  test('is stale when a file was removed', () => {
    at(join(root, 'sources', 'deep'), 300);
    expect(isBuilt(built(), [join(root, 'sources')])).toBe(false);
  });
  test('is stale when it is not there', () => {
    rmSync(built());
    expect(isBuilt(built(), [join(root, 'sources')])).toBe(false);
  });
});
