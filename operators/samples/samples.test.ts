import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Correlator } from '../correlate/correlate.js';
import { decodeLogRecord, encodeLogRecord } from '../log-record.js';

interface Sample {
  readonly state: string;
  /** Base64, or JSON as it stood on the topic. */
  readonly logRecord: string;
  readonly outcome: object;
}

it.each(['v1.json', 'v2.json'])('what the version of %s wrote is read, and goes on as it would have then', (file) => {
  const sample = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Sample;
  const correlator = new Correlator();
  correlator.restore('SS001/F1', Buffer.from(sample.state, 'base64'));
  const isJson = sample.logRecord.startsWith('{');
  const entries = decodeLogRecord(Buffer.from(sample.logRecord, isJson ? 'utf8' : 'base64'));
  const outcome = correlator.apply({ substationId: 'SS001', feederId: 'F1' }, entries, { partition: 1, offset: 12 });
  expect(JSON.parse(JSON.stringify(outcome))).toEqual(sample.outcome);
});

it('what a later version wrote is refused with its version', () => {
  expect(() => decodeLogRecord(Buffer.from('{"v":3,"entries":[]}'))).toThrow(/version 3.*reads versions 1 and 2/);
  expect(() => decodeLogRecord(Buffer.from([0x92, 3, 0x90]))).toThrow(/version 3.*reads versions 1 and 2/);
  expect(() => new Correlator().restore('S/F', Buffer.from([0x81, 0xa7, ...Buffer.from('version'), 3]))).toThrow(
    /version 3.*reads versions 1 and 2/,
  );
});

it('both versions of a log record hold the same', () => {
  const [first, second] = ['v1.json', 'v2.json'].map(
    (file) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Sample,
  );
  const entries = decodeLogRecord(Buffer.from(first!.logRecord));
  expect(encodeLogRecord(entries).toString('base64')).toBe(second!.logRecord);
  expect(decodeLogRecord(encodeLogRecord(entries))).toEqual(entries);
});
