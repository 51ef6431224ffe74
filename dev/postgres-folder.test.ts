import { expect, test } from 'vitest';
import { withoutPassword } from './postgres.js';
import { folderElsewhere, judgePidFile } from './postgres-folder.js';
import { choosePrograms } from './postgres-programs.js';

test('a pid file counts only while PostgreSQL has that pid', () => {
  expect(judgePidFile(null, false, null)).toBe('absent');
  expect(judgePidFile('17\n/data\n', false, null)).toBe('stale');
  expect(judgePidFile('17\n/data\n', true, '/usr/bin/vim notes.txt')).toBe('reused');
  expect(judgePidFile('17\n/data\n', true, '/usr/lib/postgresql/15/bin/postgres -D /data')).toBe('running');
});

test('two data folders never share a folder elsewhere', () => {
  expect(folderElsewhere('/a/.oms')).not.toBe(folderElsewhere('/b/.oms'));
  expect(folderElsewhere('/a/.oms')).toBe(folderElsewhere('/a/.oms'));
});

test('data is opened by the version that made it, new data by one with PostGIS', () => {
  const found = [
    { bin: '/17', major: 17, hasPostgis: false },
    { bin: '/16', major: 16, hasPostgis: true },
    { bin: '/15', major: 15, hasPostgis: true },
  ];
  expect(choosePrograms(found, null)?.major).toBe(16);
  expect(choosePrograms(found, 15)?.major).toBe(15);
  expect(choosePrograms(found, 14)).toBeNull();
});

test('a URL is shown without its password', () => {
  expect(withoutPassword('postgres://oms:secret@db.example:5432/oms')).toBe('postgres://oms@db.example:5432/oms');
  expect(withoutPassword('postgres://db.example/oms')).toBe('postgres://db.example/oms');
});
