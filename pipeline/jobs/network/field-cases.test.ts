import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { Registry } from '../../../operators/network/registry.js';
import { OfflineRun } from '../../offline/offline.js';
import { InvalidNetwork } from './network-error.js';
import { readNetwork } from './read.js';

/** Networks as utilities export them: data/field-cases. */

const path = (name: string): string => new URL(`../../../data/field-cases/${name}`, import.meta.url).pathname;

it('a network on both sides of the date line has one outage across it', async () => {
  const network = await readNetwork(path('50-antimeridian.geojson'));
  const run = new OfflineRun({ network, takenInAt: Date.parse('2026-10-04T18:05:00Z') });
  const lines = (await readFile(path('50-antimeridian.ndjson'), 'utf8')).split('\n').filter((line) => line !== '');
  for (const line of lines) run.line(line);
  expect(run.finish()).toMatchObject([{ substationId: 'TV', feederId: 'TV-F1', customersAffected: 2, events: 4 }]);
  expect(run.counts).toMatchObject({ unplaced: 0, late: 0 });
});

it('what lies beside the date line is nearest to what lies beyond it', async () => {
  const registry = Registry.of(await readNetwork(path('50-antimeridian.geojson')));
  expect(registry.nearestPoint(-16.8, 180, 500)).toMatchObject({ dpId: 'DP-E' });
  expect(registry.nearestPoint(-16.8, -180, 500)).toMatchObject({ dpId: 'DP-E' });
  expect(registry.nearestPoint(-16.8, 179.9999, 500)).toMatchObject({ dpId: 'DP-W' });
  expect(registry.nearestPoint(-16.8, -179.9965, 500)).toMatchObject({ dpId: 'DP-E' });
});

it('coordinates in the wrong order are read as they stand, and ids keep their digits', async () => {
  const network = await readNetwork(path('54-swapped-order.geojson'));
  expect(network.substations[0]).toMatchObject({ lat: 35.93, lon: 31.95 });
  expect(network.customers[0]!.meterId).toBe('700000000000000001');
  const right = await readNetwork(path('54-swapped-order.geojson'), 'lat-lon');
  expect(right.substations[0]).toMatchObject({ lat: 31.95, lon: 35.93 });
});

it('a reference system with latitude first is refused, and read as somebody says', async () => {
  const file = path('57-epsg4326-latlon.geojson');
  await expect(readNetwork(file)).rejects.toThrow(InvalidNetwork);
  await expect(readNetwork(file)).rejects.toThrow(/its crs "urn:ogc:def:crs:EPSG::4326" has latitude first/);
  expect((await readNetwork(file, 'lat-lon')).substations[0]).toMatchObject({ lat: 31.95, lon: 35.93 });
});
