import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SOURCES } from '../operators/model/source.js';
import { EMPTY_NETWORK, type Network } from '../operators/network/network.js';
import { normalise } from '../operators/normalise/normalise.js';
import { Registry } from '../operators/network/registry.js';
import { readMapping } from './jobs/backfill/mapping.js';
import { openFile } from './jobs/backfill/file-history.js';
import { RowReader } from './jobs/backfill/row-reader.js';
import { ruleSetOf } from '../cli/correlate.js';
import { OfflineRun } from './offline/offline.js';
import { readNetwork } from './jobs/network/read.js';
import { writeNetwork } from './jobs/network/write.js';
import { UTC } from '../operators/model/time-zone.js';

/** Every object has these, and none of them is a word of ours. */
const WORDS = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];
const TIME = '2026-10-04T18:04:18.018Z';

/** A body as JSON has it: `__proto__` is a name like any other there. */
const jsonOf = (fields: Record<string, unknown>): string => JSON.stringify(fields).replaceAll('"PROTO"', '"__proto__"');

function reasons(source: (typeof SOURCES)[number], body: string): string[] {
  const reading = { receivedAt: Date.parse(TIME), zone: UTC };
  return normalise(source, new TextEncoder().encode(body), reading).map((report) =>
    'event' in report ? 'understood' : report.reason,
  );
}

const codeXml = (code: string): string =>
  `<EventMessage><Payload><EndDeviceEvents><EndDeviceEvent><mRID>1</mRID><createdDateTime>${TIME}</createdDateTime>` +
  `<EndDeviceEventType ref="${code}"/></EndDeviceEvent></EndDeviceEvents></Payload></EventMessage>`;

describe.each(WORDS)('the word %s', (word) => {
  it('is no code, kind, source or reach of a report', () => {
    const scada = { substationId: 'S', feederId: 'F', mainStationId: '1', timestamp: TIME, voltage: 0 };
    const canonical = { source: 'kaifa', kind: 'outage', sourceEventId: '1', occurredAt: TIME };
    expect(reasons('kaifa', codeXml(word))).toEqual(['unknownCode']);
    expect(reasons('kaifa', jsonOf({ message_type: word, timestamp: TIME }))).toEqual(['unknownCode']);
    expect(reasons('onu', jsonOf({ onuId: 'O', type: word, timestamp: TIME }))).toEqual(['unknownCode']);
    expect(reasons('scada', jsonOf({ ...scada, eventType: word, alarmType: word }))).toEqual(['unknownCode']);
    expect(reasons('kaifa', jsonOf({ ...canonical, source: word }))).toEqual(['unknownSource']);
    expect(reasons('kaifa', jsonOf({ ...canonical, kind: word }))).toEqual(['unknownKind']);
    expect(reasons('kaifa', jsonOf({ ...canonical, reach: word }))).toEqual(['wrongShape']);
    expect(reasons('kaifa', `{"${word}": {"source": "kaifa", "kind": "outage"}}`)).toEqual(['missingField']);
  });

  const id = (kind: string): string => `${word}-${kind}`;
  const named: Network = {
    ...EMPTY_NETWORK,
    substations: [{ substationId: word, name: word, lat: 46, lon: -119, voltageKv: null }],
    feeders: [{ feederId: word, substationId: word, name: word, lat: 46, lon: -119 }],
    devices: [{ deviceId: id('device'), type: 'breaker', feederId: word, upstreamDeviceId: null, lat: 46, lon: -119, phases: 'ABC', normallyOpen: false }],
    distributionPoints: [{ dpId: word, feederId: word, deviceId: id('device'), lat: 46, lon: -119, kva: null, phases: 'A' }],
    customers: [{ customerId: word, dpId: word, lat: 46, lon: -119, meterId: word, onuId: word, priority: null }],
  }; // prettier-ignore

  it('is an id like any other: unknown where nobody has it, and an outage of whoever has it', () => {
    const event = { source: 'kaifa', kind: 'outage', type: word, sourceEventId: word, assetId: word, occurredAt: TIME, receivedAt: TIME }; // prettier-ignore
    const outagesOf = (network: Network) => {
      const run = new OfflineRun({ network, takenInAt: Date.parse(TIME) });
      for (const source of SOURCES) run.line(JSON.stringify({ ...event, source, feederId: word, substationId: word }));
      return { outages: run.finish(), counts: run.counts };
    };
    expect(outagesOf(EMPTY_NETWORK)).toMatchObject({ outages: [], counts: { unplaced: SOURCES.length } });
    const { outages } = outagesOf(named);
    expect(outages).toMatchObject([
      { substationId: word, feederId: word, customersAffected: 1, events: SOURCES.length },
    ]);
    expect(Registry.of(named).keys()).toEqual([{ substationId: word, feederId: word }]);
  });

  it('is an id like any other in a network of CSV files', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'oms-words-'));
    try {
      await writeNetwork(named, dir);
      expect(await readNetwork(dir)).toEqual(named);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('is no property that every GeoJSON feature has', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'oms-words-'));
    try {
      const feature = (properties: string) =>
        `{"type": "Feature", "properties": ${properties}, "geometry": {"type": "Point", "coordinates": [-119, 46]}}`;
      const file = join(dir, 'n.geojson');
      const properties = `{"type_of": "${word}", "${word}": {}}`;
      await writeFile(file, `{"type": "FeatureCollection", "features": [${feature(properties)}]}`);
      await expect(readNetwork(file)).rejects.toThrow();
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('is a column, a value or a cell of history only where it stands', async () => {
    const mapping = readMapping(
      `fields: {occurredAt: TS, kind: {column: ST, values: {OUT: outage}}, assetId: ${word}}`,
      'm.yaml',
    );
    const reader = new RowReader({ mapping, source: 'kaifa', zone: UTC, nowMs: Date.parse(TIME) });
    expect(reader.read({ TS: TIME, ST: 'OUT' })).toMatchObject([{ event: { assetId: null } }]);
    expect([...reader.unseen]).toEqual([word]);
    expect(reader.read({ TS: TIME, ST: word })).toMatchObject([{ reason: 'unknownKind' }]);
    expect(() => readMapping(`fields: {occurredAt: TS, kind: ST, ${word}: X}`, 'm.yaml')).toThrow(
      `m.yaml: there is no field "${word}"`,
    );
    const dir = await mkdtemp(join(tmpdir(), 'oms-words-'));
    try {
      const file = join(dir, 'h.csv');
      await writeFile(file, `TS,ST,${word}\n${TIME},OUT,M1\n`);
      const history = await openFile(file, mapping);
      for await (const { value } of history.rows())
        expect(reader.read(value)).toMatchObject([{ event: { assetId: 'M1' } }]);
      expect([...reader.unseen]).toEqual([]);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('is no rule set', async () => {
    await expect(ruleSetOf(word)).rejects.toThrow(`"${word}" is neither a file nor one of standard`);
  });
});
