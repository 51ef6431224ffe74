import Type from 'typebox';
import { CommandSchema } from '../model/command-schema.js';
import { PlacedEventSchema } from '../model/event-schema.js';
import type { Immutable } from '../model/immutable.js';

const Rows = Type.Object(
  {
    v: Type.Literal(1, { description: 'version of the encoding' }),
    entries: Type.Array(Type.Union([PlacedEventSchema, ...CommandSchema.anyOf])),
  },
  { description: 'JSON: records with commands, and all records of version 1' },
);

/** What a field of an event may be. */
const { source, kind, type, sourceEventId, assetId, dpId, reach, customerId, feederCustomers, flags } =
  PlacedEventSchema.properties;

const column = <T extends Type.TSchema>(schema: T) =>
  Type.Union([schema, Type.Array(schema)], { description: 'an element per event, or the one value of all' });
const doubles = (description: string) =>
  Type.Unsafe<Uint8Array>({ description: `${description}; bytes: a little-endian double per event` });

const Columns = Type.Object(
  {
    v: Type.Literal(2, { description: 'version of the encoding' }),
    count: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1, description: 'events' }),
    source: column(source),
    kind: column(kind),
    type: column(type),
    sourceEventId: column(sourceEventId),
    assetId: column(assetId),
    occurredAt: doubles('epoch ms, UTC'),
    receivedAt: doubles('epoch ms, UTC'),
    lat: doubles('WGS 84 degrees'),
    lon: doubles('WGS 84 degrees'),
    dpId: column(dpId),
    reach: column(reach),
    customerId: column(customerId),
    feederCustomers: column(feederCustomers),
    flags: Type.Array(Type.Tuple([Type.Integer({ description: 'place of the event' }), flags]), {
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

/** A record in JSON. */
export type EntryRows = Immutable<Type.Static<typeof Rows>>;
