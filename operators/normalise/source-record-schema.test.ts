/** A fifth source, a drone's images, has a schema of its topic by its row of the table. */
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect, it, vi } from 'vitest';
import { DRONE } from '../../test/kit/drone.js';
import { SOURCES } from '../model/source.js';
import { SOURCE_RECORD_SCHEMAS } from './source-record-schema.js';

vi.mock('../model/source-table.js', async (importOriginal) =>
  (await import('../../test/kit/drone.js')).withDrone(await importOriginal()),
);

const image = { source: DRONE, kind: 'outage', assetId: 'FU-1', occurredAt: '2026-10-04T10:00:00Z' };

it.each(SOURCES)('the topic of %s takes a canonical event of a source without words of its own', (source) => {
  const isValid = formats.default(new Ajv({ strict: false })).compile(SOURCE_RECORD_SCHEMAS[source]);
  for (const value of [image, [image], { event: image }]) expect(isValid(value)).toBe(true);
  for (const value of [
    { ...image, source: 'phone' },
    { ...image, kind: 'odd' },
  ])
    expect(isValid(value)).toBe(false);
});

it('says of a source without words of its own that canonical events stand on its topic', () => {
  expect(SOURCE_RECORD_SCHEMAS[DRONE]).toMatchObject({
    $id: 'SourceRecord-drone',
    description: 'Drone: a report or a list of them; JSON, or a line of JSON each',
  });
  expect(JSON.stringify(SOURCE_RECORD_SCHEMAS[DRONE])).not.toContain('$defs/report');
});
