import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FIGURES } from './figures.js';

const textOf = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it("names are by Prometheus' rules: of us, with their unit, and those that count end in _total", () => {
  for (const [name, { type, labels }] of Object.entries(FIGURES)) {
    expect(name).toMatch(/^oms_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(name).not.toMatch(/_(ms|millis|minutes|kb|mb)(_|$)/);
    for (const label of labels) expect(label).toMatch(/^[a-z]+$/);
  }
});

it('docs/operation.md lists them, as they are', () => {
  const listed = textOf('docs/operation.md')
    .split('\n')
    .filter((line) => /^\| `oms_\w+` \|/.test(line));
  const rows = Object.entries(FIGURES).map(([name, { type, labels, help }]) => {
    const by = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${by} | ${help} |`;
  });
  expect(listed).toEqual(rows);
});

it('the alerting rules of examples/ ask for none that is not there', () => {
  const asked = textOf('examples/alerts.yaml').match(/\boms_\w+/g)!;
  expect(asked.length).toBeGreaterThan(10);
  const known = new Set(
    Object.entries(FIGURES).flatMap(([name, { type }]) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => `${name}${end}`) : [name],
    ),
  );
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});
