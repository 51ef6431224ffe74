import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Correlator } from '../../correlate.js';
import { decodeLogRecord } from '../../../log/log-record.js';

interface Sample {
  readonly state: string;
  /** JSON, as version 1 was; what came after it is base64. */
  readonly logRecord?: string;
  readonly logRecordBase64?: string;
  readonly outcome: object;
}

it.each(['v1.json', 'v2.json', 'v3.json'])('what the version of %s wrote is read, and goes on as it would have then', (file) => {
  const sample = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Sample;
  const correlator = new Correlator();
  correlator.restore('SS001/F1', Buffer.from(sample.state, 'base64'));
  const { logRecord, logRecordBase64 } = sample;
  const entries = decodeLogRecord(
    logRecordBase64 === undefined ? Buffer.from(logRecord!) : Buffer.from(logRecordBase64, 'base64'),
  );
  const outcome = correlator.apply({ substationId: 'SS001', feederId: 'F1' }, entries, { partition: 1, offset: 12 });
  expect(JSON.parse(JSON.stringify(outcome))).toEqual(sample.outcome);
});
