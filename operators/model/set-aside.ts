import type { Static } from 'typebox';
import type { Immutable } from './immutable.js';
import type { RejectedRecordSchema, UnplacedRecordSchema } from './set-aside-schema.js';

/** Value of a record of `oms.unplaced`. */
export type UnplacedRecord = Immutable<Static<typeof UnplacedRecordSchema>>;

/** Value of a record of `oms.rejected`. */
export type RejectedRecord = Immutable<Static<typeof RejectedRecordSchema>>;
