import { expect, it } from 'vitest';
import { LogRecordSchema } from '../log/log-record-schema.js';
import { OutageRecordSchema } from './outage.js';

it.each([
  ['outage-record.json', OutageRecordSchema],
  ['log-record.json', LogRecordSchema],
])('docs/schemas/%s is the schema that the program uses; -u writes it anew', async (file, schema) => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`../../docs/schemas/${file}`);
});
