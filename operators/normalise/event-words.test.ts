import { describe, expect, it } from 'vitest';
import { codeTable, GIVEN_CODES } from './code-table.js';
import { kindOf } from './event-words.js';

const NOTHING_KNOWN = new Map<string, never>();
const kind = (text: string, context?: string) => kindOf(NOTHING_KNOWN, text, context);

describe('a word', () => {
  it.each([
    'Power Failure Activated',
    'LAST_GASP',
    'lastGasp',
    'ONU_DyingGasp',
    'power-down',
    'POWERLOSS',
    'Power Failed',
    'No Power',
    'Loss of Voltage',
    'breaker tripped',
    'De-Energised',
    'DEENERGIZED',
    'blackout',
  ])('%s is an outage', (text) => expect(kind(text)).toBe('outage'));

  it.each([
    'Power Failure Cleared',
    'power failure reset',
    'Outage resolved',
    'LastGasp ended',
    'LossOfVoltageNormal',
    'Power outage restored',
    'outage recovered',
    'No power: cleared',
    'Power Up',
    'POWER_RESTORED',
    'restoration',
    'Energized',
    're-energised',
    'First Breath',
    'Breaker closed',
    'power is restored',
  ])('%s is a restoration', (text) => expect(kind(text)).toBe('restoration'));

  it.each([
    'Power failure not cleared',
    'Restoration failed',
    'No outage',
    'not energized',
    'Power restore failure',
    'No power failure',
    'power up / power down',
    'Restoration cleared',
    'cleared',
    'normal',
    'Alarm',
    'loss of signal',
    'tamper',
    'Empowered',
    'stripped',
    '',
    '__proto__',
  ])('%s is neither for certain', (text) => expect(kind(text)).toBeNull());

  it('is turned round by another of the same report', () => {
    expect(kind('Cleared', 'MV_AlarmLossOfVoltage')).toBe('restoration');
    expect(kind('Failed', 'BreakerClose')).toBeNull();
    expect(kind('x', 'BreakerTrip')).toBe('outage');
    expect(kind('Energized', 'BreakerTrip')).toBe('restoration');
    expect(kindOf(GIVEN_CODES.scada, 'Normal', 'BREAKERTRIP')).toBe('restoration');
    expect(kindOf(GIVEN_CODES.scada, 'Normal', 'MV_AlarmRestoration')).toBe('restoration');
  });
});

describe('a table of codes', () => {
  it('has each power down with its power up, of any device and of a meter', () => {
    for (const type of ['0', '3']) {
      for (const domain of ['26.0', '26.38', '26.136']) {
        const meanings = [...GIVEN_CODES.kaifa].filter(([code]) => code.startsWith(`${type}.${domain}.`));
        expect(new Set(meanings.map(([, meaning]) => meaning))).toEqual(new Set(['outage', 'restoration']));
      }
    }
    expect(kindOf(GIVEN_CODES.kaifa, '0.26.38.47')).toBe('outage');
    expect(kindOf(GIVEN_CODES.kaifa, '0.26.38.49')).toBe('restoration');
    expect(kindOf(GIVEN_CODES.kaifa, '1.2.3.4')).toBeNull();
  });

  it('knows a word of it in any letters where another follows', () => {
    for (const text of ['ONU_LastGaspAlert_Cleared', 'ONU_LASTGASPALERT_CLEARED', 'onu_lastgaspalert restored'])
      expect(kindOf(GIVEN_CODES.onu, text)).toBe('restoration');
    expect(kindOf(GIVEN_CODES.onu, 'ONU_LASTGASPALERT: raised')).toBe('outage');
    for (const text of [
      'ONU_LASTGASPALERTS',
      'ONU_LASTGASPALERT not cleared',
      'ONU_POWERRESTORED failed',
      '3.26.0.47 x',
    ])
      expect(kindOf(GIVEN_CODES.onu, text)).toBeNull();
  });

  it('is extended by a utility, whose own words go first, in whatever case', () => {
    const table = codeTable(
      { kaifa: { outage: ['9.9.9.9', 'Phase Lost'], restoration: ['Power Down Cancel'], ignored: ['3.26.0.85'] } },
      'codes.yaml',
    );
    expect(kindOf(table.kaifa, '9.9.9.9')).toBe('outage');
    expect(kindOf(table.kaifa, ' phase lost')).toBe('outage');
    expect(kindOf(table.kaifa, 'POWER DOWN CANCEL')).toBe('restoration');
    expect(kindOf(table.kaifa, '3.26.0.85')).toBeNull();
    expect(kindOf(table.kaifa, '3.26.0.47')).toBe('outage');
    expect(table.onu).toEqual(GIVEN_CODES.onu);
    expect(codeTable(null, 'empty.yaml')).toBe(GIVEN_CODES);
  });

  it.each([
    [[], 'codes.yaml is no object: expected scada, kaifa, onu, call_center.'],
    ['x', 'codes.yaml is no object'],
    [{ meter: {} }, 'codes.yaml: "meter" is unknown: expected scada, kaifa'],
    [{ __proto__x: {} }, '"__proto__x" is unknown'],
    [{ kaifa: null }, 'codes.yaml: kaifa is no object: expected outage, restoration, ignored.'],
    [{ kaifa: { down: [] } }, 'codes.yaml: kaifa: "down" is unknown'],
    [{ kaifa: { outage: '3.26' } }, 'codes.yaml: kaifa.outage is no list of codes and words.'],
    [{ kaifa: { outage: ['a', 3.26] } }, 'codes.yaml: kaifa.outage[1] is no text: write codes and words in quotes.'],
    [{ kaifa: { outage: [' '] } }, 'kaifa.outage[0] is no text'],
  ])('that is wrong says where: %j', (additions, sentence) => {
    expect(() => codeTable(additions, 'codes.yaml')).toThrow(sentence);
  });
});
