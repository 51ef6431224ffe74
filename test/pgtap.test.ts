import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPgtap } from '../dev/pgtap.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { TestDatabase } from './kit/database.js';

const folder = new URL('../sql/tests/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
const network = await readNetwork(new URL('../data/contract-cases/network', import.meta.url).pathname);

let database: TestDatabase;

beforeAll(async () => {
  database = await TestDatabase.start(network);
  const client = await database.pool.connect();
  await createPgtap(client, (line) => console.error(line));
  client.release();
});

afterAll(() => database.stop());

/** The lines that a file of pgTAP tests prints. */
async function tap(name: string): Promise<string[]> {
  const client = await database.pool.connect();
  try {
    const results = (await client.query({
      text: readFileSync(new URL(name, folder), 'utf8'),
      rowMode: 'array',
    })) as unknown;
    return (results as { rows: unknown[][] }[]).flatMap(({ rows }) => rows.map(([line]) => String(line)));
  } finally {
    await client.query('rollback');
    client.release();
  }
}

describe('inside the database', () => {
  it.each(files)('%s', async (name) => {
    const lines = await tap(name);
    const planned = Number(/^1\.\.(\d+)$/.exec(lines.find((line) => line.startsWith('1..')) ?? '')?.[1]);
    const results = lines.filter((line) => /^(not )?ok /.test(line));
    expect(lines.filter((line) => line.startsWith('not ok') || /^\s*#/.test(line))).toEqual([]);
    expect(results).toHaveLength(planned);
  });
});
