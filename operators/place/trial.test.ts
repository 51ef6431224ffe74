import { expect, it } from 'vitest';
import { UTC } from '../model/time-zone.js';
import { EMPTY_NETWORK, type Network } from '../network/network.js';
import { Registry } from '../network/registry.js';
import { reportsIn, trialOf, type Trial, type Wording } from './trial.js';

const network: Network = {
  ...EMPTY_NETWORK,
  substations: [{ substationId: 'S1', name: 'one', lat: 31.95, lon: 35.93, voltageKv: 33 }],
  feeders: ['F1', 'F2'].map((feederId) => ({ feederId, substationId: 'S1', name: feederId, lat: 31.95, lon: 35.93 })),
  distributionPoints: [
    { dpId: 'D1', feederId: 'F1', deviceId: 'CB1', lat: 31.951, lon: 35.931, kva: null, phases: 'ABC' },
  ],
  customers: [{ customerId: 'C1', dpId: 'D1', lat: 31.951, lon: 35.931, meterId: 'M1', onuId: null, priority: null }],
};
const TIME = '2026-10-04T18:04:18.000Z';
const report = { source: 'kaifa', kind: 'outage', sourceEventId: 'K-1', occurredAt: TIME };

function trials(wording: Wording, body: unknown, registry: Registry | null = Registry.of(network)): Trial[] {
  const value = new TextEncoder().encode(JSON.stringify(body));
  const reading = { receivedAt: Date.parse(TIME) + 20_000, zone: UTC };
  return reportsIn(wording, value, reading).map((one) => trialOf(one, registry));
}

it('a report is shown in canonical form, with where it would stand', () => {
  expect(trials('canonical', { ...report, assetId: 'M1', lat: 31.9511, lon: 35.9311 })).toEqual([
    {
      index: 0,
      event: expect.objectContaining({
        source: 'kaifa',
        sourceEventId: 'K-1',
        occurredAt: TIME,
        receivedAt: '2026-10-04T18:04:38.000Z',
      }) as object,
      key: 'S1/F1',
      placed: [{ key: 'S1/F1', lat: 31.9511, lon: 35.9311, reach: 'point', flags: [] }],
    },
  ]);
});

it('one on a whole substation is placed on each of its feeders', () => {
  const [trial] = trials('canonical', { ...report, source: 'scada', assetId: 'S1', reach: 'substation' });
  expect(trial).toMatchObject({ key: 'S1/F1', placed: [{ key: 'S1/F1' }, { key: 'S1/F2', reach: 'substation' }] });
});

it('one without a place, and one that is refused, say why', () => {
  const body = [
    { ...report, assetId: 'M2' },
    { ...report, occurredAt: 'soon' },
  ];
  expect(trials('canonical', body)).toMatchObject([
    { index: 0, unplaced: { reason: 'unknownIds', detail: expect.stringContaining('"M2"') as string } },
    { index: 1, refused: { reason: 'badTime', detail: expect.stringContaining('"soon"') as string } },
  ]);
});

it('nothing is said of places where no network is known', () => {
  const [trial] = trials('canonical', { ...report, assetId: 'M1' }, null);
  expect(Object.keys(trial!)).toEqual(['index', 'event']);
});

it('a body is read in the words of its source', () => {
  const alert = { type: 'ONU_LastGaspAlert', onuId: 'O1', eventId: 'E1', timestamp: TIME };
  expect(trials('onu', alert)).toMatchObject([{ event: { source: 'onu', kind: 'outage', assetId: 'O1' } }]);
  expect(trials('scada', alert)).toMatchObject([{ refused: { reason: 'missingField' } }]);
});

it('what is canonical is refused for what our form needs, not for what the words of a source do', () => {
  const [trial] = trials('canonical', { occurredAt: TIME });
  expect(trial).toMatchObject({
    refused: { reason: 'unknownSource', detail: expect.stringContaining('scada') as string },
  });
});
