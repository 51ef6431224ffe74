import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanId } from './id-text.js';

describe('an id', () => {
  it.each([
    ['M000001', 'M000001'],
    ['', ''],
    ['S1        ', 'S1'],
    ['\u00A0M1\u00A0', 'M1'],
    ['\uFEFFM1', 'M1'],
    ['\u200EM1\u200E', 'M1'],
    ['\u202A\u2066M1\u2069\u202C', 'M1'],
    ['\t M1\r\n', 'M1'],
    ['\u3000\u200BM1\u{E0001}', 'M1'],
    [' \u00A0\u200E\uFEFF', ''],
  ])('%j is %j without what is around it', (text, id) => {
    expect(cleanId(text)).toBe(id);
  });

  it.each([
    ['M٠٠٠٠٠١', 'M000001'],
    ['۱۲۳۴۵۶۷۸۹۰', '1234567890'],
    ['M９９', 'M99'],
    ['०१२', '012'],
    ['\u{1D7CE}\u{1D7D8}\u{1D7FF}', '009'],
    ['\u200F١٢٣\u200F', '123'],
  ])('%j has the digits %j', (text, id) => {
    expect(cleanId(text)).toBe(id);
  });

  it.each(['a b', 'm1', 'M\u200E1', 'Ünïçode', 'M²', '\ud800', 'x\udc00', '\u{1F600}'])(
    '%j is not guessed at',
    (id) => {
      expect(cleanId(id)).toBe(id);
    },
  );

  it('once clean stays as it is, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const id = cleanId(text);
        expect(cleanId(id)).toBe(id);
        expect(id).not.toMatch(/^[\s\p{Cf}]|[\s\p{Cf}]$/u);
      }),
    );
  });

  it('of any length takes a time that grows with its length alone', () => {
    const blanks = ' '.repeat(200_000);
    expect(cleanId(`a${blanks}b`)).toBe(`a${blanks}b`);
    expect(cleanId(`${blanks}a${blanks}`)).toBe('a');
  });
});
