import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FLAGS } from '../operators/model/flags.js';

it('sets no flag that the stream does not know', () => {
  const folder = new URL('functions', import.meta.url).pathname;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.sql'));
  const set = files.flatMap((file) => {
    const script = readFileSync(`${folder}/${file}`, 'utf8');
    return [...script.matchAll(/flags \|\| '(\w+)'|united\((?:\w+\.)?\w*flags, array\['(\w+)'\]/g)].map(
      ([, a, b]) => a ?? b,
    );
  });
  expect([...new Set(set)].sort()).toEqual([
    'clockSuspect', 'contradictsRegistry', 'coordinatesIgnored', 'placedByCoordinates', 'reachIgnored', 'reopened',
  ]); // prettier-ignore
  expect(set.filter((flag) => !(FLAGS as readonly (string | undefined)[]).includes(flag))).toEqual([]);
});
