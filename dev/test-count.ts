import { ANY_TEXT, checkFields, COUNT, listOf, OBJECT, objectOf } from '../operators/model/record-shape.js';

/** Reads the numbers out of vitest's JSON report. */

const REPORT = {
  numPassedTests: COUNT,
  numFailedTests: COUNT,
  testResults: listOf(objectOf({ status: ANY_TEXT, assertionResults: listOf(OBJECT) }, 'a file')),
};

/**
 * How many tests passed and failed; a file that failed before its first test counts as one.
 * @throws Error if it is no report
 */
export function countTests(report: unknown): { passed: number; failed: number } {
  checkFields('The report', report, REPORT);
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
}
