import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { lossIn } from './migrate.js';

it('has a migration of each number, forth and back, from 1 on', () => {
  const files = readdirSync(new URL('migrations', import.meta.url)).sort();
  for (const direction of ['do', 'undo']) {
    const numbers = files
      .filter((file) => file.includes(`.${direction}.`))
      .map((file) => Number(file.slice(0, file.indexOf('.'))));
    expect(numbers).toEqual(Array.from({ length: files.length / 2 }, (_, i) => i + 1));
  }
});

it('says in each that goes back what is lost, and where its rows are', () => {
  const undone = readdirSync(new URL('migrations', import.meta.url)).filter((file) => file.includes('.undo.'));
  for (const file of undone) {
    const script = readFileSync(new URL(`migrations/${file}`, import.meta.url), 'utf8');
    const { what, rows } = lossIn(script);
    expect(rows.length > 0, file).toBe(what !== 'nothing');
    for (const some of rows) expect(some, file).toMatch(/^[a-z_]+\.[a-z_]+( where .+)?$/);
    // Whoever drops a table or its rows loses them.
    if (/\bdrop (table|schema)\b|\bdelete from\b/.test(script)) expect(what, file).not.toBe('nothing');
  }
});
