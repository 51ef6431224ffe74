import Type from 'typebox';
import { OBJECT } from './record-shape.js';
import { RuleSetSchema } from './rule-set-schema.js';
import { GIVEN_RULE_SETS, type RuleSet } from './rules.js';
import { readerOf } from './schema-reader.js';
import { OperatorError } from './errors.js';

const DurationMs = Type.Integer({ minimum: 0, maximum: 86_400_000 });
const Customers = Type.Integer({ minimum: 1 });

/** What people may ask for: in narrower bounds than the log may hold. */
const FileSchema = Type.Object(
  {
    ...RuleSetSchema.properties,
    name: Type.String({
      minLength: 1,
      maxLength: 60,
      pattern: '^[A-Za-z0-9._-]+$',
      description: 'a name of at most 60 letters, digits, dots, dashes and underscores',
    }),
    windowMs: DurationMs,
    radiusM: Type.Number({ minimum: 0, maximum: 100_000 }),
    latenessMs: DurationMs,
    retentionMs: Type.Integer({ minimum: 0, maximum: 7 * 86_400_000 }),
    severity: Type.Object({ medium: Customers, high: Customers, critical: Customers }),
  },
  { additionalProperties: false },
);
const read = readerOf(FileSchema, badRuleSet);

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
    throw badRuleSet(`${where} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (!OBJECT.is(given)) throw badRuleSet(`${where} holds no rule set: expected an object.`);
  const { standard } = GIVEN_RULE_SETS;
  const { weights = {}, severity = {} } = given;
  return read(where, {
    ...standard,
    ...given,
    weights: OBJECT.is(weights) ? { ...standard.weights, ...weights } : weights,
    severity: OBJECT.is(severity) ? { ...standard.severity, ...severity } : severity,
  });
}

function badRuleSet(sentence: string, options?: ErrorOptions): OperatorError {
  return new OperatorError('OMS_BAD_RULE_SET', sentence, options);
}
