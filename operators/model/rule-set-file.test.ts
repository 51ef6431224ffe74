import { expect, it } from 'vitest';
import { OperatorError } from './errors.js';
import { readRuleSet } from './rule-set-file.js';
import { GIVEN_RULE_SETS } from './rules.js';

const { standard } = GIVEN_RULE_SETS;

it('what the file of a rule set leaves out is as in standard', () => {
  const { severity, weights } = standard;
  expect(readRuleSet('{"name": "mine", "weights": {"onu": 0.5}, "severity": {"high": 50}}', 'mine.json')).toEqual({
    ...standard,
    name: 'mine',
    weights: { ...weights, onu: 0.5 },
    severity: { ...severity, high: 50 },
  });
});

it.each([
  ['{"name": ', /^mine\.json is not JSON: /],
  ['null', /^mine\.json holds no rule set: expected an object\.$/],
  ['{"windowMs": -1}', /^mine\.json has windowMs -1 instead of a whole number from 0 to 86400000\.$/],
  ['{"weights": {"onu": 2}}', /^mine\.json has weights\.onu 2 instead of a number from 0 to 1\.$/],
  ['{"weights": 1}', /^mine\.json has weights 1 instead of an object\.$/],
  ['{"radius": 1}', /^mine\.json has radius, which is no field of it\.$/],
])('%s is no rule set, which has a code', (text, sentence) => {
  const read = (): unknown => readRuleSet(text, 'mine.json');
  expect(read).toThrow(OperatorError);
  expect(read).toThrow(expect.objectContaining({ code: 'OMS_BAD_RULE_SET', message: expect.stringMatching(sentence) }));
});
