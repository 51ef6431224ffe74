import Type from 'typebox';
import Value from 'typebox/value';
import { GIVEN_RULE_SETS, type RuleSet } from './rules.js';
import { bySource } from './source.js';
import { OperatorError } from './errors.js';

const RuleSetSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 60, pattern: '^[A-Za-z0-9._-]+$' }),
    windowMs: Type.Integer({ minimum: 0, maximum: 86_400_000 }),
    radiusM: Type.Number({ minimum: 0, maximum: 100_000 }),
    latenessMs: Type.Integer({ minimum: 0, maximum: 86_400_000 }),
    retentionMs: Type.Integer({ minimum: 0, maximum: 7 * 86_400_000 }),
    weights: Type.Object(bySource(() => Type.Number({ minimum: 0, maximum: 1 }))),
    confirmThreshold: Type.Number({ minimum: 0, maximum: 1 }),
    severity: Type.Object({
      medium: Type.Integer({ minimum: 1 }),
      high: Type.Integer({ minimum: 1 }),
      critical: Type.Integer({ minimum: 1 }),
    }),
  },
  { additionalProperties: false },
);

/**
 * Reads a rule set from JSON; what it leaves out is as in `standard`.
 * @param where named in the error: the file
 * @throws Error that names the field and what is wrong with it
 */
export function readRuleSet(text: string, where: string): RuleSet {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new OperatorError('OMS_BAD_RULE_SET', `${where} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const { weights, severity, ...rest } = given as Partial<RuleSet>;
  const ruleSet = {
    ...GIVEN_RULE_SETS.standard,
    ...rest,
    weights: { ...GIVEN_RULE_SETS.standard.weights, ...weights },
    severity: { ...GIVEN_RULE_SETS.standard.severity, ...severity },
  };
  const [error] = Value.Errors(RuleSetSchema, ruleSet);
  if (error)
    throw new OperatorError(
      'OMS_BAD_RULE_SET',
      `${where}: ${error.instancePath.slice(1) || 'the rule set'} ${error.message}.`,
    );
  return ruleSet;
}
