import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VARIABLES } from '../connections/environment.js';

test('.env.example lists every variable with its meaning and its default, in their order', () => {
  const entries = Object.values(VARIABLES).map(({ name, fallback, means }) => `# ${means}\n${name}=${fallback}\n`);
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const [, ...listed] = example.split('\n\n');
  expect(listed.map((entry) => `${entry.trim()}\n`)).toEqual(entries);
});
