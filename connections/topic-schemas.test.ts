import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect, it } from 'vitest';
import { schemaText, TOPIC_SCHEMAS } from './topic-schemas.js';
import { topicNames } from './topics.js';

const names = topicNames();
const published = new URL('../docs/schemas/', import.meta.url);
const topics = Object.entries(TOPIC_SCHEMAS).map(([name, { file, schema }]) => [name, file, schema] as const);

it.each(topics)('what stands on the topic of %s is published as docs/schemas/%s ("npm run schemas" writes it)', (_, file, schema) => {
  expect(readFileSync(new URL(file, published), 'utf8')).toBe(schemaText(schema));
  formats.default(new Ajv({ strict: false })).compile(schema);
}); // prettier-ignore

it('every topic has a schema of its own, and every published schema a topic', () => {
  expect(Object.keys(TOPIC_SCHEMAS).sort()).toEqual(Object.keys(names).sort());
  expect(topics.map(([, file]) => file).sort()).toEqual(readdirSync(published).sort());
});

it('the table of topics in docs/architecture.md links each to its schema', () => {
  const text = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8');
  for (const [topic, file] of topics.map(([name, file]) => [names[name as keyof typeof names], file] as const)) {
    const row = text.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${topic}\``));
    expect(row, topic).toContain(`(schemas/${file})`);
  }
});
