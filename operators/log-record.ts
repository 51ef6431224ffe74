import Type from 'typebox';
import { COMMANDS, KINDS, REACHES, SOURCES, type LogEntry } from './event.js';

const EpochMs = Type.Integer({ description: 'epoch ms, UTC' });
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
  lat: Type.Number({ description: 'WGS 84 degrees' }),
  lon: Type.Number({ description: 'WGS 84 degrees' }),
  dpId: nullable(Type.String()),
  reach: Type.Enum([...REACHES]),
  customerId: nullable(Type.String()),
  feederCustomers: Type.Integer({ minimum: 0 }),
  flags: Type.Array(Type.String()),
});

/**
 * The value of a record of `oms.events`, the log: what one transaction produced for one key, in order. Published as
 * `docs/schemas/log-record.json`.
 */
export const LogRecordSchema = Type.Object(
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
          ruleSet: Type.Object({ name: Type.String() }, { additionalProperties: true }),
          validFrom: EpochMs,
        }),
      ]),
    ),
  },
  { $id: 'LogRecord' },
);

interface LogRecordV1 {
  readonly v: 1;
  readonly entries: readonly LogEntry[];
}

/** Encodes entries of one key as a log record. */
export function encodeLogRecord(entries: readonly LogEntry[]): string {
  return JSON.stringify({ v: 1, entries } satisfies LogRecordV1);
}

/**
 * Decodes a log record of any version so far.
 * @throws Error if it is none
 */
export function decodeLogRecord(value: Uint8Array | null): readonly LogEntry[] {
  if (value === null) throw new Error('A record of the log has no value.');
  const record = JSON.parse(new TextDecoder().decode(value)) as Partial<LogRecordV1>;
  if (record.v !== 1 || !Array.isArray(record.entries)) {
    throw new Error(`A record of the log has version ${String(record.v)}; this program reads version 1.`);
  }
  return record.entries;
}
