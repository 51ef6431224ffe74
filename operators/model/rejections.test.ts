import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LATE_REASONS, REPORT_REJECTIONS, UNPLACED_REASONS } from './rejections.js';

const page = readFileSync(new URL('../../docs/connecting.md', import.meta.url), 'utf8');

/** The first cells of the table whose head begins with `head`, in their order. */
function rowsOf(head: string): string[] {
  const [, table = ''] = page.split(`| ${head} |`);
  return [...table.split('\n\n')[0]!.matchAll(/^\| `(\w+)` \|/gm)].map(([, reason]) => reason!);
}

it.each([
  ['refused as', REPORT_REJECTIONS],
  ['unplaced as', UNPLACED_REASONS],
  ['late as', LATE_REASONS],
])('docs/connecting.md says of each reason what it means: %s', (head, reasons) => {
  expect(rowsOf(head)).toEqual([...reasons]);
});
