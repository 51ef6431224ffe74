import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from './exact-json.js';

describe('a number', () => {
  it.each([
    ['700000000000000001', '700000000000000001'],
    ['[707057500012345671, 707057500012345672]', ['707057500012345671', '707057500012345672']],
    ['{"a":-9007199254740993}', { a: '-9007199254740993' }],
    ['{"a":700000000000000001.0}', { a: '700000000000000001' }],
    ['{"a" :\n 00700000000000000001 }', { a: '00700000000000000001' }],
  ])('of more digits than a double holds is a text: %s', (json, value) => {
    expect(parseExactJson(json)).toEqual(value);
  });

  it.each([
    ['[1791137058018000, 9007199254740991]', [1791137058018000, 9007199254740991]],
    ['[35.930000000000000001, 1e300, 1234567890123456e3]', [35.93, 1e300, 1234567890123456e3]],
    ['[1.5, true, false, null, 0]', [1.5, true, false, null, 0]],
  ])('that is none of these is a number: %s', (json, value) => {
    expect(parseExactJson(json)).toEqual(value);
  });
});

it.each([
  ['"a 700000000000000001 b"', 'a 700000000000000001 b'],
  ['{"x\\"":"\\\\","y":"\\" 700000000000000001"}', { 'x"': '\\', y: '" 700000000000000001' }],
  ['{"700000000000000001": 1}', { '700000000000000001': 1 }],
])('digits within a text stay: %s', (json, value) => {
  expect(parseExactJson(json)).toEqual(value);
});

it.each(['', '{', '"700000000000000001', 'x700000000000000001', '700000000000000001x', '[1,]'])(
  '%j is no JSON',
  (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  },
);

it('whatever JSON has no long number is what JSON.parse makes of it', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      fc.pre(!/\d{16}/.test(json));
      expect(parseExactJson(json)).toEqual(JSON.parse(json));
      // A long number beside it changes nothing of it.
      expect(parseExactJson(`[${json},700000000000000001]`)).toEqual([JSON.parse(json), '700000000000000001']);
    }),
  );
});
