import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

it('has a migration of each number, forth and back, from 1 on', () => {
  const files = readdirSync(new URL('migrations', import.meta.url)).sort();
  for (const direction of ['do', 'undo']) {
    const numbers = files
      .filter((file) => file.includes(`.${direction}.`))
      .map((file) => Number(file.slice(0, file.indexOf('.'))));
    expect(numbers).toEqual(Array.from({ length: files.length / 2 }, (_, i) => i + 1));
  }
});
