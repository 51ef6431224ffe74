import type { Static } from 'typebox';
import type { OutageRecordSchema } from './outage-schema.js';

export { SEVERITIES, type Severity } from './words.js';

/** An outage as everybody is told of it: a record of `oms.outages`, the API's, the database view's and the page's. */
export type OutageRecord = Static<typeof OutageRecordSchema>;
