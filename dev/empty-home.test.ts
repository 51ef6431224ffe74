import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptyHome, removableFrom } from './empty-home.js';
import { makeHome } from './home.js';

let folder: string;
let home: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'oms-home-')));
  home = join(folder, 'home');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file, with the folders above it. */
function file(...path: string[]): string {
  const full = join(folder, ...path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, '{}');
  return full;
}

const empty = () => emptyHome(home, () => {});

test('what was made in a data folder is removed, and what was there before or came since stays', async () => {
  const theirs = [file('home', 'thesis.txt'), file('home', 'logs', 'of-the-years.txt')];
  makeHome(home);
  const ours = [file('home', 'kafka', 'data', 'x'), file('home', 'run', 'kafka.json'), file('home', 'postgres', 'x')];
  theirs.push(file('home', 'photos', 'x'));
  makeHome(home);
  expect(removableFrom(home).sort()).toEqual(['kafka', 'made-here.json', 'postgres', 'run'].map((n) => join(home, n)));
  await empty();
  expect(ours.filter(existsSync)).toEqual([]);
  expect(theirs.filter(existsSync)).toEqual(theirs);
});

test('a folder in which nothing of ours was ever made is left alone', async () => {
  file('home', 'logs', 'app.log');
  file('home', 'test', 'run', 'x');
  file('home', 'data');
  const before = readdirSync(home, { recursive: true });
  expect(removableFrom(home)).toEqual([]);
  await empty();
  expect(readdirSync(home, { recursive: true })).toEqual(before);
});

test('a data folder of a version that wrote down nothing is known by what is in it', async () => {
  file('home', 'run', 'kafka.json');
  file('home', 'kafka', 'server.properties');
  file('home', 'test', 'run', 'postgres.json');
  const theirs = [file('home', 'logs', 'not-ours.txt'), file('home', 'test', 'notes.txt')];
  await empty();
  expect(readdirSync(home).sort()).toEqual(['logs', 'test']);
  expect(theirs.filter(existsSync)).toEqual(theirs);
});

test('inner data folders go with what was made in them', async () => {
  makeHome(home);
  makeHome(join(home, 'test'));
  file('home', 'test', 'logs', 'kafka.log');
  await empty();
  expect(readdirSync(home)).toEqual([]);
});

test('no link is followed', async () => {
  const precious = file('precious', 'x');
  makeHome(home);
  symlinkSync(dirname(precious), join(home, 'kafka'));
  symlinkSync(dirname(precious), join(home, 'test'));
  await empty();
  expect(existsSync(precious)).toBe(true);
  expect(existsSync(join(home, 'kafka'))).toBe(false);
});

test('a folder that holds the working folder is refused, also through a link', async () => {
  for (const holds of [process.cwd(), dirname(process.cwd()), '/']) {
    expect(() => removableFrom(holds)).toThrow(`OMS_HOME=${holds} holds the working folder`);
  }
  symlinkSync(process.cwd(), home);
  await expect(empty()).rejects.toThrow(`OMS_HOME=${home} holds the working folder`);
});

test('a data folder that cannot be made is told at once', () => {
  const parent = file('file');
  expect(() => makeHome(join(parent, 'home'))).toThrow(/OMS_HOME=\S+ cannot be used: a file is in its path/);
  expect(() => makeHome(parent)).toThrow(/cannot be used: a file is in its path/);
  // Node's own recursive mkdir never comes back from there.
  if (process.platform === 'linux')
    expect(() => makeHome('/proc/x')).toThrow(/^OMS_HOME=\/proc\/x cannot be used: no folder can be made there\. Set/);
});
