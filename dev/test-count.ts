/** Reads the numbers out of vitest's JSON report. */

export interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** How many tests passed and failed; a file that failed before its first test counts as one. */
export function countTests(report: TestReport): { passed: number; failed: number } {
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
}
