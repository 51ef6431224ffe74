import type { TSchema } from 'typebox';
import { LogRecordSchema } from '../operators/log/log-record-schema.js';
import { RuleRecordSchema } from '../operators/model/command-schema.js';
import { OutageRecordSchema } from '../operators/model/outage-schema.js';
import { EvidenceRecordSchema, LateRecordSchema } from '../operators/model/outcome-schema.js';
import { RejectedRecordSchema, UnplacedRecordSchema } from '../operators/model/set-aside-schema.js';
import { bySource } from '../operators/model/source.js';
import { NetworkRecordSchema } from '../operators/network/network-schema.js';
import { SOURCE_RECORD_SCHEMAS } from '../operators/normalise/source-record-schema.js';
import { SnapshotRecordSchema } from '../streams/snapshot-schema.js';
import { BeatSchema } from './beat-schema.js';
import type { TopicNames } from './topics.js';

/** The schema of the values on a topic, and the file of docs/schemas in which it is published. */
export interface TopicSchema {
  readonly file: string;
  readonly schema: TSchema;
}

/** What stands on each topic. `npm run schemas` writes the files. */
export const TOPIC_SCHEMAS: Readonly<Record<keyof TopicNames, TopicSchema>> = {
  ...bySource((source) => ({
    file: `${source.replaceAll('_', '-')}-record.json`,
    schema: SOURCE_RECORD_SCHEMAS[source],
  })),
  events: { file: 'log-record.json', schema: LogRecordSchema },
  outages: { file: 'outage-record.json', schema: OutageRecordSchema },
  evidence: { file: 'evidence-record.json', schema: EvidenceRecordSchema },
  snapshots: { file: 'snapshot-record.json', schema: SnapshotRecordSchema },
  network: { file: 'network-record.json', schema: NetworkRecordSchema },
  rules: { file: 'rule-record.json', schema: RuleRecordSchema },
  unplaced: { file: 'unplaced-record.json', schema: UnplacedRecordSchema },
  late: { file: 'late-record.json', schema: LateRecordSchema },
  rejected: { file: 'rejected-record.json', schema: RejectedRecordSchema },
  beats: { file: 'beat.json', schema: BeatSchema },
};

/** A schema as its file has it. */
export function schemaText(schema: TSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
