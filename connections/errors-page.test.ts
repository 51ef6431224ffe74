import { expect, it } from 'vitest';
import { ERRORS, exitCodeOf, type ErrorCode, type ErrorKind } from './errors.js';

/** Anew by `npx vitest run --project unit connections/errors-page.test.ts --update`. */
it('docs/errors.md is made of the list of errors', async () => {
  await expect(page()).toMatchFileSnapshot('../docs/errors.md');
});

function page(): string {
  const kinds = Object.entries<ErrorKind>(ERRORS) as [ErrorCode, ErrorKind][];
  const rows = kinds
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { when, remedy, statusCode = '' }]) =>
      `| ${[`\`${code}\``, when, remedy, statusCode, exitCodeOf(code)].join(' | ')} |`.replace('|  |', '| |'),
    );
  return [...ABOVE, ...rows, ''].join('\n');
}

const ABOVE = [
  '<!-- Made of connections/errors.ts and connections/http-errors.ts by connections/errors-page.test.ts. -->',
  '',
  '# Errors',
  '',
  'Every error has a code, which stays: look it up here. A command says it on the last line of standard error, `Code: OMS_...`,',
  'behind the sentence that says what was wrong, and `oms doctor` behind each finding; the gateway answers',
  '`{"code": "OMS_...", "message": "..."}` with the HTTP status. Exit codes of commands: 0 done, 1 failed, 2 wrong use.',
  '',
  '| code | when | what to do | HTTP status | exit code |',
  '|---|---|---|---|---|',
];
