import Type from 'typebox';
import { COMMANDS, KINDS, REACHES } from '../model/event.js';
import { bySource, SOURCES } from '../model/source.js';

const EpochMs = Type.Integer({ minimum: -8.64e15, maximum: 8.64e15, description: 'epoch ms, UTC' });
const Customers = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 });
const DurationMs = Type.Number({ minimum: 0, maximum: 365 * 86_400_000 });
const Share = Type.Number({ minimum: 0, maximum: 1 });
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const CommandFields = {
  commandId: Type.String(),
  at: EpochMs,
  author: Type.String(),
  reason: nullable(Type.String()),
};

const PlacedEventSchema = Type.Object({
  source: Type.Enum([...SOURCES]),
  kind: Type.Enum([...KINDS]),
  type: Type.String(),
  sourceEventId: Type.String(),
  assetId: nullable(Type.String()),
  occurredAt: EpochMs,
  receivedAt: EpochMs,
  lat: Type.Number({ minimum: -90, maximum: 90, description: 'WGS 84 degrees' }),
  lon: Type.Number({ minimum: -180, maximum: 180, description: 'WGS 84 degrees' }),
  dpId: nullable(Type.String()),
  reach: Type.Enum([...REACHES]),
  customerId: nullable(Type.String()),
  feederCustomers: Customers,
  flags: Type.Array(Type.String()),
});

const RuleSetSchema = Type.Object(
  {
    name: Type.String(),
    windowMs: DurationMs,
    radiusM: Type.Number({ minimum: 0, maximum: 1e7 }),
    latenessMs: DurationMs,
    retentionMs: DurationMs,
    weights: Type.Object(bySource(() => Type.Optional(Share))),
    confirmThreshold: Share,
    severity: Type.Object({
      medium: Type.Number({ minimum: 0 }),
      high: Type.Number({ minimum: 0 }),
      critical: Type.Number({ minimum: 0 }),
    }),
  },
  { description: 'see "Rule sets and storm mode" in operation.md' },
);

const Rows = Type.Object(
  {
    v: Type.Literal(1, { description: 'version of the encoding' }),
    entries: Type.Array(
      Type.Union([
        PlacedEventSchema,
        Type.Object({
          ...CommandFields,
          command: Type.Enum([...COMMANDS]),
          outageId: Type.String({ format: 'uuid' }),
          crew: Type.Optional(Type.String()),
          leaves: Type.Optional(Type.Boolean()),
          etr: Type.Optional(nullable(EpochMs)),
          flag: Type.Optional(Type.String()),
        }),
        Type.Object({
          ...CommandFields,
          command: Type.Literal('amend'),
          outageId: Type.String({ format: 'uuid' }),
          members: Type.Array(PlacedEventSchema, {
            description: 'outage events that become members, and restorations that are told again for them',
          }),
          whole: Type.Boolean({ description: 'true: the outage consists of exactly these; false: they are added' }),
          absorbs: Type.Array(Type.String({ format: 'uuid' }), { description: 'outages that merge into it' }),
        }),
        Type.Object({
          ...CommandFields,
          command: Type.Literal('rules'),
          ruleSet: RuleSetSchema,
          validFrom: EpochMs,
        }),
        Type.Object({
          ...CommandFields,
          command: Type.Literal('meaning'),
          number: Type.Integer({ minimum: 1, description: 'the meaning of the contract by which the key goes on' }),
        }),
      ]),
    ),
  },
  { description: 'JSON: records with commands, and all records of version 1' },
);

const column = <T extends Type.TSchema>(schema: T) =>
  Type.Union([schema, Type.Array(schema)], { description: 'an element per event, or the one value of all' });
const doubles = (description: string) =>
  Type.Unsafe<Uint8Array>({ description: `${description}; bytes: a little-endian double per event` });

const Columns = Type.Object(
  {
    v: Type.Literal(2, { description: 'version of the encoding' }),
    count: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1, description: 'events' }),
    source: column(Type.Enum([...SOURCES])),
    kind: column(Type.Enum([...KINDS])),
    type: column(Type.String()),
    sourceEventId: column(Type.String()),
    assetId: column(nullable(Type.String())),
    occurredAt: doubles('epoch ms, UTC'),
    receivedAt: doubles('epoch ms, UTC'),
    lat: doubles('WGS 84 degrees'),
    lon: doubles('WGS 84 degrees'),
    dpId: column(nullable(Type.String())),
    reach: column(Type.Enum([...REACHES])),
    customerId: column(nullable(Type.String())),
    feederCustomers: column(Customers),
    flags: Type.Array(Type.Tuple([Type.Integer({ description: 'place of the event' }), Type.Array(Type.String())]), {
      description: 'of the events that have any',
    }),
  },
  { description: 'MessagePack: records of events alone' },
);

/**
 * The value of a record of `oms.events`, the log: what one transaction produced for one key, in order. Published as
 * `docs/schemas/log-record.json`.
 */
export const LogRecordSchema = Type.Union([Rows, Columns], { $id: 'LogRecord' });

/** A record of events alone. */
export type EventColumns = Type.Static<typeof Columns>;
