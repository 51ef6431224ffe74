import { InvalidArgumentError } from 'commander';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import type { PoolClient } from 'pg';
import { jsonReport, type Report } from '../../operators/reconcile/report/report.js';
import { REPORT_FORMATS, reportFormatOf } from '../../operators/reconcile/report/report-formats.js';
import { findingLine, summaryLines } from '../../operators/reconcile/report/report-text.js';
import { readFindings, type Run } from '../../pipeline/jobs/reconcile/run.js';
import { findingsOf } from '../../operators/reconcile/summary.js';
import { LineOutput } from './line-output.js';
import { fileProblem } from '../../connections/files.js';
import { say } from './talk.js';

/** Findings that a terminal shows; a report has all of them. */
const FINDINGS_SHOWN = 50;

/** The file of a report, by an ending that there is a format for. */
export function reportOption(file: string): string {
  if (reportFormatOf(file) === null)
    throw new InvalidArgumentError(`Expected a file that ends with ${Object.keys(REPORT_FORMATS).join(', ')}.`);
  return file;
}

/** The file that a report goes to: whole, or left as it was. */
export class ReportFile {
  private constructor(
    private readonly file: string,
    private readonly part: string,
  ) {}

  /**
   * Makes sure that the file can be written, before anything else is done.
   * @throws Error in a sentence if it cannot
   */
  static async open(file: string): Promise<ReportFile> {
    const part = `${file}.part`;
    const known = await stat(file).catch(() => null);
    if (known?.isDirectory()) throw fileProblem(file, { code: 'EISDIR', message: 'it is a folder' });
    try {
      await writeFile(part, '');
    } catch (error) {
      throw fileProblem(file, error as NodeJS.ErrnoException);
    }
    return new ReportFile(file, part);
  }

  async write(report: Report): Promise<void> {
    const out = new LineOutput(this.part);
    for await (const line of REPORT_FORMATS[reportFormatOf(this.file)!]!(report)) await out.line(line);
    await out.end();
    await rename(this.part, this.file);
  }

  /** Leaves nothing behind of what was not written whole. */
  async discard(): Promise<void> {
    await rm(this.part, { force: true });
  }
}

/** Tells what a run found: on standard output, and in a file if one is given. */
export async function tellReport(client: PoolClient, run: Run, file: ReportFile | null, json: boolean): Promise<void> {
  const summary = run.summary!;
  const report = (): Report => ({ summary, findings: readFindings(client, run.runId) });
  await file?.write(report());
  const out = new LineOutput();
  if (json) {
    for await (const line of jsonReport(report())) await out.line(line);
    return;
  }
  for (const line of summaryLines(summary)) await out.line(line);
  const count = findingsOf(summary);
  if (count > 0) await out.line('');
  let shown = 0;
  for await (const finding of report().findings) {
    if (shown++ === FINDINGS_SHOWN) break;
    await out.line(findingLine(finding));
  }
  if (count > FINDINGS_SHOWN) say(`... and ${count - FINDINGS_SHOWN} more: --report FILE writes all of them.`);
}
