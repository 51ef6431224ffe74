import { htmlReport } from './report-html.js';
import { csvReport, jsonReport, type Report } from './report.js';

/** How a report is written, by the ending of its file: the lines of it. */
export const REPORT_FORMATS = {
  '.json': jsonReport,
  '.csv': csvReport,
  '.html': htmlReport,
} as const satisfies Record<string, (report: Report) => AsyncGenerator<string>>;

/** The ending of a report's file: `.json`, `.csv` or `.html`; null if there is no such format. */
export function reportFormatOf(file: string): keyof typeof REPORT_FORMATS | null {
  const endings = Object.keys(REPORT_FORMATS) as (keyof typeof REPORT_FORMATS)[];
  return endings.find((ending) => file.toLowerCase().endsWith(ending)) ?? null;
}
