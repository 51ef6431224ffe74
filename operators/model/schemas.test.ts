import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LogRecordSchema } from '../log/log-record-schema.js';
import { OutageRecordSchema } from './outage.js';

it.each([
  ['outage-record.json', OutageRecordSchema],
  ['log-record.json', LogRecordSchema],
])('docs/schemas/%s is the schema that the program uses', (file, schema) => {
  const published: unknown = JSON.parse(readFileSync(new URL(`../../docs/schemas/${file}`, import.meta.url), 'utf8'));
  expect(published).toEqual(JSON.parse(JSON.stringify(schema)));
});
