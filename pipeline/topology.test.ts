import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readEnvironment } from '../connections/environment.js';
import { STAGES } from '../connections/topics.js';
import { topologyTable } from '../streams/describe.js';
import { topologyOf } from './pipeline.js';

const topology = topologyOf(readEnvironment({}));

it('has the stages that are started, watched and asked for by name', () => {
  expect(topology.stages.map(({ name }) => name)).toEqual([...STAGES]);
});

it('docs/operation.md lists the stages as "oms topology --table" prints them', () => {
  const page = readFileSync(new URL('../docs/operation.md', import.meta.url), 'utf8');
  expect(page).toContain(topologyTable(topology));
});
