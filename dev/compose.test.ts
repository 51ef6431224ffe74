import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { VARIABLES } from '../connections/environment.js';

const file = readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8');
const { services } = parse(file, { merge: true }) as {
  services: Record<string, { image: string; environment: Record<string, string> }>;
};
const ours = Object.entries(services).filter(([, { image }]) => image === 'oms');

test('a password stands beside the URL of the database, so that it may hold any characters', () => {
  expect(ours.length).toBeGreaterThan(4);
  for (const [, { environment }] of ours) {
    expect(environment.DATABASE_URL).not.toContain('$');
    expect(environment.PGPASSWORD).toBe('${POSTGRES_PASSWORD:-oms}');
  }
  expect(services.postgres!.environment.POSTGRES_PASSWORD).toBe('${POSTGRES_PASSWORD:-oms}');
});

test('services are given variables that exist, with the defaults that these have', () => {
  const fallbacks = new Map(Object.values(VARIABLES).map(({ name, fallback }) => [name, fallback]));
  for (const [service, { environment }] of ours) {
    for (const [name, value] of Object.entries(environment).filter(([name]) => name.startsWith('OMS_'))) {
      expect(fallbacks.has(name), `${service}: ${name}`).toBe(true);
      if (value.startsWith('$')) expect(value, service).toBe(`\${${name}:-${fallbacks.get(name)}}`);
    }
  }
});
