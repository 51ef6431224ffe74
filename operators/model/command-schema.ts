import Type from 'typebox';
import { PlacedEventSchema } from './event-schema.js';
import { RuleSetSchema } from './rule-set-schema.js';
import { EpochMs, nullable, Text, Uuid } from './schema-parts.js';
import { COMMANDS } from './words.js';

const CommandFields = {
  commandId: Text,
  at: Type.With(EpochMs, { description: 'when it was decided; epoch ms, UTC' }),
  author: Text,
  reason: nullable(Text),
};

/** What a person or a policy decides about one outage. */
export const OutageCommandSchema = Type.Object({
  ...CommandFields,
  command: Type.Enum([...COMMANDS]),
  outageId: Uuid,
  crew: Type.Optional(Type.With(Text, { description: 'crew: which' })),
  leaves: Type.Optional(Type.Boolean({ description: 'crew: it leaves; else it comes' })),
  etr: Type.Optional(nullable(EpochMs, 'etr: the estimated time of restoration; null withdraws it')),
  flag: Type.Optional(
    Type.With(Text, { description: 'restore, close: flag the outage (unverified: nobody has seen all of it back)' }),
  ),
});

/**
 * A correction: what reconciliation found is taken into an outage that the stream could not know better. All of it holds
 * at once, or it is rejected and nothing does.
 */
export const AmendCommandSchema = Type.Object({
  ...CommandFields,
  command: Type.Literal('amend'),
  outageId: Type.With(Uuid, {
    description: 'one that is not there is opened, if that is the id of one of the outage events',
  }),
  members: Type.Array(PlacedEventSchema, {
    description: 'outage events that become members, and restorations that are told again for them',
  }),
  whole: Type.Boolean({ description: 'true: the outage consists of exactly these; false: they are added' }),
  absorbs: Type.Array(Uuid, { description: 'outages that merge into it' }),
});

/** A rule set for one key from a time on. */
export const RulesCommandSchema = Type.Object({
  ...CommandFields,
  command: Type.Literal('rules'),
  ruleSet: RuleSetSchema,
  validFrom: EpochMs,
});

/** The meaning of the contract by which a key's log goes on. */
export const MeaningCommandSchema = Type.Object({
  ...CommandFields,
  command: Type.Literal('meaning'),
  number: Type.Integer({
    minimum: 1,
    maximum: 2 ** 31 - 1,
    description: 'the meaning of the contract by which the key goes on',
  }),
});

/** What people, policies and reconciliation decide, as it stands on the log. */
export const CommandSchema = Type.Union([
  OutageCommandSchema,
  AmendCommandSchema,
  RulesCommandSchema,
  MeaningCommandSchema,
]);

/** The value of a record of `oms.rules`. */
export const RuleRecordSchema = Type.Union([RuleSetSchema, RulesCommandSchema, MeaningCommandSchema], {
  $id: 'RuleRecord',
  description: 'under set/NAME a rule set, under activation/COMMAND the command that put one, or a meaning, in force',
});
