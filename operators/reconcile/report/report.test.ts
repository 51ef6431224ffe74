import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { FINDING_KINDS, type ComparedOutage, type Finding, type FindingKind } from '../finding.js';
import { csvReport, jsonReport, type Report } from './report.js';
import { REPORT_FORMATS, reportFormatOf } from './report-formats.js';
import { changeText, summaryLines } from './report-text.js';
import { LEFT_OUT_REASONS, type LeftOutReason, type Summary } from '../summary.js';

const HOSTILE = `=cmd|'/C calc'!A0</td><script>alert("x")</script>&amp;`;

const summary = (fields: Partial<Summary> = {}): Summary => ({
  run: `night ${HOSTILE}`,
  order: 'event-time',
  from: '2026-10-04T00:00:00.000Z',
  to: '2026-10-05T00:00:00.000Z',
  author: HOSTILE,
  startedAt: '2026-10-05T02:00:00.000Z',
  comparedAt: '2026-10-05T02:01:00.000Z',
  entries: 1200,
  outagesCompared: { stream: 12, replay: 11 },
  outagesEqual: 9,
  findings: {
    ...(Object.fromEntries(FINDING_KINDS.map((kind) => [kind, 0])) as Record<FindingKind, number>),
    merged: 1,
  },
  leftOut: {
    ...(Object.fromEntries(Object.keys(LEFT_OUT_REASONS).map((reason) => [reason, 0])) as Record<
      LeftOutReason,
      number
    >),
    beganBefore: 2,
  },
  customerMinutes: { stream: 12_000, replay: 12_600, change: 600 },
  customersInterrupted: { stream: 100, replay: 120, change: 20 },
  customersServed: 6000,
  ...fields,
});

const outage: ComparedOutage = {
  outageId: '5db28881-fbc5-555b-a06d-1d64dc71a51c',
  substationId: 'S2',
  feederId: HOSTILE,
  status: 'confirmed',
  confidence: 0.8,
  severity: 'low',
  firstDetectedAt: '2026-10-04T10:00:00.000Z',
  lastEventAt: '2026-10-04T10:00:00.000Z',
  restoredAt: null,
  customersAffected: 1,
  customersOut: 1,
  assetsAffected: 1,
  assetsOut: 1,
  incidentId: null,
  ruleSet: 'standard',
  flags: [],
  crew: [],
  acknowledgedBy: [],
  etr: null,
  customersInterrupted: 1,
  customerMinutes: 10,
  members: [{ source: 'kaifa', assetId: null, sourceEventId: HOSTILE, t: '2026-10-04T10:00:00.000Z' }],
};

const finding: Finding = {
  findingId: '0b0e7f0a-6a52-5a3f-8f6e-0d7d3c9ad7f1',
  kind: 'merged',
  substationId: 'S2',
  feederId: HOSTILE,
  sentence: `${HOSTILE} came 42 min late`,
  stream: [outage],
  replay: [outage],
  added: outage.members,
  removed: [],
  changes: [],
  causes: [],
  customerMinutes: { stream: 1, replay: -1, change: -2 },
  customersInterrupted: { stream: 1, replay: 1, change: 0 },
};

/** The whole text of a report. */
async function written(
  format: (report: Report) => AsyncGenerator<string>,
  findings: readonly Finding[] = [finding],
): Promise<string> {
  const lines: string[] = [];
  for await (const line of format({
    summary: summary(),
    findings: (async function* () {
      yield* findings;
    })(),
  }))
    lines.push(line);
  return lines.join('\n');
}

describe('a report', () => {
  it('has a format by the ending of its file', () => {
    expect(reportFormatOf('night.HTML')).toBe('.html');
    expect(reportFormatOf('night.json')).toBe('.json');
    expect(reportFormatOf('night.pdf')).toBeNull();
    expect(reportFormatOf('csv')).toBeNull();
  });

  it('in JSON is one object, with any number of findings', async () => {
    for (const count of [0, 1, 3]) {
      const { findings, indices } = JSON.parse(await written(jsonReport, Array(count).fill(finding))) as {
        findings: Finding[];
        indices: unknown;
      };
      expect(findings).toEqual(Array(count).fill(finding));
      expect(indices).toMatchObject({ saidiMin: { stream: 2, replay: 2.1 }, caidiMin: { stream: 120, replay: 105 } });
    }
  });

  it('in CSV has a row for each finding, and nothing that a spreadsheet would run', async () => {
    const rows = parse(await written(csvReport, [finding, finding]), { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ kind: 'merged', customer_minutes_change: '-2', feeder_id: `'${HOSTILE}` });
    expect(rows[0]!.sentence).toBe(`'${HOSTILE} came 42 min late`);
  });

  it('in HTML escapes whatever comes from outside', async () => {
    const page = await written(REPORT_FORMATS['.html']!);
    expect(page).not.toContain('<script');
    expect(page).not.toContain('&amp; ');
    expect(page.match(/&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt;&amp;amp;/g)!.length).toBeGreaterThanOrEqual(
      6,
    );
    expect(page).toContain('+600.0');
    expect(page).toContain('9 of 12');
  });

  it('for a terminal begins with the figures', () => {
    expect(summaryLines(summary({ run: 'night' }))).toEqual([
      'night: outages that began from 2026-10-04T00:00:00.000Z to 2026-10-05T00:00:00.000Z, in event-time order',
      '                                  stream          replay          change',
      'customer-minutes                12,000.0        12,600.0          +600.0',
      'customers interrupted                100             120             +20',
      'SAIDI, minutes                    2.0000          2.1000         +0.1000',
      'SAIFI                            0.01667         0.02000        +0.00333',
      'CAIDI, minutes                    120.00          105.00          -15.00',
      'outages compared                      12              11              -1',
      'entries of the log replayed: 1200',
      'outages equal: 9',
      'findings: 1',
      '  merged: 1',
      'left out:',
      '  2 began before --from: an earlier range compares them',
    ]);
    const none = { stream: 0, replay: 0, change: 0 };
    expect(summaryLines(summary({ customersServed: 0, customersInterrupted: none }))[4]).toMatch(
      /^SAIDI, minutes( +-){3}$/,
    );
  });

  it('gives a change its sign, and nothing none', () => {
    expect(changeText(0.04, 1)).toBe('0.0');
    expect(changeText(-0.04, 1)).toBe('0.0');
    expect([changeText(1234.5, 1), changeText(-2, 0)]).toEqual(['+1,234.5', '-2']);
  });
});
