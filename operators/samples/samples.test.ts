import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Correlator } from '../correlate/correlate.js';
import { decodeLogRecord } from '../log-record.js';

interface Sample {
  readonly state: string;
  readonly logRecord: string;
  readonly outcome: object;
}

it.each(['v1.json'])('what the version of %s wrote is read, and goes on as it would have then', (file) => {
  const sample = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Sample;
  const correlator = new Correlator();
  correlator.restore('SS001/F1', Buffer.from(sample.state, 'base64'));
  const entries = decodeLogRecord(new TextEncoder().encode(sample.logRecord));
  const outcome = correlator.apply({ substationId: 'SS001', feederId: 'F1' }, entries, { partition: 1, offset: 12 });
  expect(JSON.parse(JSON.stringify(outcome))).toEqual(sample.outcome);
});

it('what a later version wrote is refused with its version', () => {
  expect(() => decodeLogRecord(new TextEncoder().encode('{"v":2,"entries":[]}'))).toThrow(/version 2.*reads version 1/);
});
