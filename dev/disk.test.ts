import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { fullDisk } from './disk.js';

test('a disk without room is named by its folder', () => {
  expect(fullDisk(['/no/such/folder', tmpdir()], Infinity)).toMatch(
    new RegExp(`^The disk of ${tmpdir()} is full \\(\\d+ MB left\\): make room there, then start again\\.$`),
  );
});

test('a disk with room, and a file system without a disk, are not', () => {
  expect(fullDisk([tmpdir()], 0)).toBeNull();
  expect(
    fullDisk(
      ['/proc'].filter(() => process.platform === 'linux'),
      Infinity,
    ),
  ).toBeNull();
});
