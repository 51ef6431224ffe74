import { describe, expect, it } from 'vitest';
import { columnsOf, readMapping } from './mapping.js';

const GOOD = `
timeZone: "-03:30"
fields:
  source: {constant: kaifa}
  kind: {column: STATUS, values: {1: outage, 0: restoration}}
  occurredAt: {column: TS, format: epochSeconds}
  assetId: METER
`;

describe('a mapping', () => {
  it('says which column is which field', () => {
    const mapping = readMapping(GOOD, 'ami.yaml');
    expect(mapping).toEqual({
      where: 'ami.yaml',
      naiveOffsetMin: -210,
      delimiter: ',',
      body: null,
      fields: {
        source: { constant: 'kaifa' },
        kind: { column: 'STATUS', values: { 1: 'outage', 0: 'restoration' } },
        occurredAt: { column: 'TS', format: 'epochSeconds' },
        assetId: { column: 'METER' },
      },
    });
    expect([...columnsOf(mapping)]).toEqual([
      ['STATUS', 'fields.kind'],
      ['TS', 'fields.occurredAt'],
      ['METER', 'fields.assetId'],
    ]);
  });

  it.each(['timeZone: America/New_York', 'zone: America/New_York'])('may name a zone: %s', (zone) => {
    const mapping = readMapping(`${zone}\nfields: {occurredAt: A, kind: B}`, 'm.yaml');
    expect(mapping).toMatchObject({ naiveOffsetMin: null, zone: { name: 'America/New_York', offsetMin: null } });
    expect(readMapping('timeZone: UTC\nfields: {occurredAt: A, kind: B}', 'm.yaml')).toMatchObject({
      naiveOffsetMin: 0,
    });
  });

  it('may say in which form a column has times', () => {
    const mapping = readMapping('fields: {occurredAt: {column: A, format: MM/DD/YYYY hh:mm:ss a}, kind: B}', 'm.yaml');
    expect(mapping.fields.occurredAt).toEqual({ column: 'A', format: 'MM/DD/YYYY hh:mm:ss a' });
  });

  it('may name the column that holds the whole message', () => {
    const mapping = readMapping('body: PAYLOAD\nfields: {receivedAt: STORED}', 'soap.yaml');
    expect(mapping).toMatchObject({ body: 'PAYLOAD', fields: { receivedAt: { column: 'STORED' } } });
  });

  it.each([
    ['fields: [', 'm.yaml is not YAML: '],
    ['- a', 'm.yaml is no mapping: it needs "fields:", or "body:".'],
    ['', 'm.yaml is no mapping'],
    ['feilds: {}', 'm.yaml: "feilds" is unknown: expected timeZone, delimiter, body, fields.'],
    ['fields: {asset: A}', 'm.yaml: there is no field "asset": there are source, kind, type, '],
    [
      'fields: {kind: {colum: A}}',
      'm.yaml: "fields.kind.colum" is unknown: expected column, constant, values, format.',
    ],
    ['fields: {kind: 3}', 'm.yaml: fields.kind must be the name of a column, {column: ...} or {constant: ...}.'],
    ['fields: {kind: {}}', 'm.yaml: fields.kind needs either a column or a constant.'],
    ['fields: {kind: {column: A, constant: outage}}', 'm.yaml: fields.kind needs either a column or a constant.'],
    ['fields: {kind: {constant: x, values: {x: outage}}}', 'm.yaml: fields.kind has a table of values, so it needs'],
    ['fields: {kind: {column: A, format: epochMs}}', 'm.yaml: fields.kind is no time: leave out its format.'],
    ['fields: {occurredAt: {column: A, format: us}}', 'm.yaml: fields.occurredAt.format must be iso, epochMs or'],
    ['fields: {source: {constant: telegraph}}', 'm.yaml: fields.source "telegraph" is unknown: expected scada, kaifa'],
    ['fields: {occurredAt: A}', 'm.yaml: fields.kind is missing: no event is without it.'],
    ['fields: {kind: A}', 'm.yaml: fields.occurredAt is missing: no event is without it.'],
    ['{}', 'm.yaml: fields.occurredAt is missing'],
    ['fields: {occurredAt: {column: A, format: MM/DD/YYYY}}', 'epochMs or epochSeconds, or a form such as "MM/DD/'],
    [
      'timeZone: Asia/Ammann',
      'm.yaml: timeZone "Asia/Ammann" is no time zone: expected UTC, an offset such as +03:00,',
    ],
    ['timeZone: EST', 'm.yaml: timeZone "EST" is no time zone'],
    ['zone: {}', 'm.yaml: zone must be Z or an offset in quotes, such as "+03:00", or a zone such as Asia/Amman.'],
    ['{timeZone: Asia/Amman, zone: Z}', 'm.yaml: timeZone and zone are the same: leave out one.'],
    ['timeZone: +3', 'm.yaml: timeZone must be Z or an offset in quotes'],
    ['body: P\nfields: {assetId: A}', 'm.yaml: body holds the whole event, so only receivedAt and source may stand'],
  ])('%j is refused in one sentence', (text, sentence) => {
    const refusal = (): unknown => readMapping(text, 'm.yaml');
    expect(refusal).toThrow(sentence);
    expect(refusal).toThrow(/^[^\n]+\.$/);
  });
});
