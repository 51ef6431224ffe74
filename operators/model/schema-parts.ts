import Type from 'typebox';
import { SOURCES } from './source.js';

/** What the schemas of records have in common. */

const MAX_INTEGER = 2 ** 31 - 1;

/** A text without half of a surrogate pair: nothing that is made of such a half has a UTF-8 form, or an id. */
export const Text = Type.String({ pattern: '^[^\\ud800-\\udfff]*$' });
/** Epoch ms, as records that are read for every event have times. */
export const EpochMs = Type.Integer({ minimum: -8.64e15, maximum: 8.64e15, description: 'epoch ms, UTC' });
/** As people and all other records have them. */
export const Time = Type.String({ format: 'date-time', description: 'ISO 8601, UTC, milliseconds' });
export const Uuid = Type.String({ format: 'uuid' });
export const Count = Type.Integer({ minimum: 0, maximum: MAX_INTEGER });
export const Offset = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const Latitude = Type.Number({ minimum: -90, maximum: 90, description: 'WGS 84 degrees' });
export const Longitude = Type.Number({ minimum: -180, maximum: 180, description: 'WGS 84 degrees' });
/** What part of a whole something is. */
export const Share = Type.Number({ minimum: 0, maximum: 1 });

/** Where an event or a log record stands. */
export const LogPosition = Type.Object({ partition: Count, offset: Offset });
/** What tells an event from all others. */
export const Identity = { source: Type.Enum([...SOURCES]), sourceEventId: Text };

/** `T`, or null. */
export function nullable<T extends Type.TSchema>(schema: T, description?: string) {
  return Type.Union([schema, Type.Null()], description === undefined ? {} : { description });
}
