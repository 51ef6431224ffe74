import { cellText } from '../../model/csv.js';
import type { Finding } from '../finding.js';
import { beginOf } from '../groups.js';
import { nameOf } from '../stored-entry.js';
import { indicesOf, type Summary } from '../summary.js';

/** What a report is made of. */
export interface Report {
  readonly summary: Summary;
  /** In the order of the report; to be read once. */
  readonly findings: AsyncIterable<Finding>;
}

/** One object: the summary, the indices, and every finding whole, one a line. */
export async function* jsonReport({ summary, findings }: Report): AsyncGenerator<string> {
  yield `{"summary":${JSON.stringify(summary)},`;
  yield `"indices":${JSON.stringify(indicesOf(summary))},`;
  yield '"findings":[';
  let before: string | null = null;
  for await (const finding of findings) {
    if (before !== null) yield `${before},`;
    before = JSON.stringify(finding);
  }
  if (before !== null) yield before;
  yield ']}';
}

type Cell = string | number | null;

const CSV_COLUMNS: Readonly<Record<string, (finding: Finding) => Cell>> = {
  finding_id: ({ findingId }) => findingId,
  kind: ({ kind }) => kind,
  substation_id: ({ substationId }) => substationId,
  feeder_id: ({ feederId }) => feederId,
  began_at: beginOf,
  sentence: ({ sentence }) => sentence,
  stream_outages: ({ stream }) => stream.map(({ outageId }) => outageId).join(' '),
  replay_outages: ({ replay }) => replay.map(({ outageId }) => outageId).join(' '),
  members_added: ({ added }) => added.map(nameOf).join(' '),
  members_removed: ({ removed }) => removed.map(nameOf).join(' '),
  causes: ({ causes }) => causes.map(({ name, says }) => `${name} ${says}`).join('; '),
  changes: ({ changes }) => changes.map(({ field, stream, replay }) => `${field}: ${stream} -> ${replay}`).join('; '),
  customer_minutes_stream: ({ customerMinutes }) => customerMinutes.stream,
  customer_minutes_replay: ({ customerMinutes }) => customerMinutes.replay,
  customer_minutes_change: ({ customerMinutes }) => customerMinutes.change,
  customers_interrupted_change: ({ customersInterrupted }) => customersInterrupted.change,
};

/** A header line, and a row for each finding. */
export async function* csvReport({ findings }: Pick<Report, 'findings'>): AsyncGenerator<string> {
  yield Object.keys(CSV_COLUMNS).join(',');
  for await (const finding of findings)
    yield Object.values(CSV_COLUMNS)
      .map((cellOf) => cellText(harmless(cellOf(finding))))
      .join(',');
}

/** A spreadsheet runs a text that begins like a formula: ids come from outside. */
function harmless(cell: Cell): Cell {
  return typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}
