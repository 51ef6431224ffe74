import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keptLogs, keptOutagesFile, linesOf } from '../../test/kit/kept-logs.js';
import { report } from '../../test/kit/corner-entries.js';
import { meaningOf } from '../../test/kit/random-log.js';
import { firstEngine } from '../../test/kit/second-engine.js';
import type { LogEntry } from '../model/event.js';
import { Correlator } from './correlate.js';
import { FIRST_MEANING, MEANINGS, UnknownMeaning } from './meaning.js';

describe('the meaning of the contract', () => {
  it('has numbers from 1 on, and the SQL engine knows the same', () => {
    const numbers = MEANINGS.map(({ number }) => number);
    expect(numbers).toEqual(numbers.map((_, i) => FIRST_MEANING + i));
    const sql = readFileSync(new URL('../../sql/functions/reconcile/rules/meanings.sql', import.meta.url), 'utf8');
    expect(sql).toContain(`select array[${numbers.join(', ')}]`);
  });

  it.each(MEANINGS.map(({ number }) => number))(
    '%i: the logs that were kept of it give what they gave',
    async (number) => {
      const outages = firstEngine(keptLogs(number));
      expect(outages.length).toBeGreaterThan(20);
      await expect(linesOf(outages)).toMatchFileSnapshot(keptOutagesFile(number));
    },
  );

  it('that nobody knows ends the fold before anything of its record is taken in', () => {
    const key = { substationId: 'S', feederId: 'F' };
    const correlator = new Correlator();
    const meaning = (number: number): LogEntry => meaningOf(number, `m${number}`);
    correlator.apply(key, [meaning(1)], { partition: 0, offset: 0 });
    const before = correlator.encode('S/F')!.slice();
    expect(() => correlator.apply(key, [report({ id: 'K-1' }), meaning(99)], { partition: 0, offset: 1 })).toThrow(
      UnknownMeaning,
    );
    expect(() => correlator.apply(key, [meaning(99)], { partition: 0, offset: 1 })).toThrow(
      'The log of S/F is of meaning 99, and this program knows 1: run the version that knows it.',
    );
    expect(correlator.encode('S/F')).toEqual(before);
  });
});
