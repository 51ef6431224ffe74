import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { expect, it } from 'vitest';
import { uncheckedInput } from './unchecked-input.js';

const REFUSED = [
  'const a = JSON.parse(text) as Outage;',
  'const b = JSON.parse(text);',
  'const c: Outage = JSON.parse(text);',
  'const d = (JSON.parse(text) ?? {}) as Outage;',
  'const { e } = JSON.parse(text);',
  'return JSON.parse(text) as Outage;',
  'const f = packr.unpack(bytes) as Outage;',
  'const g = unpack(bytes) as Outage | null;',
  'const h = (await response.json()) as Outage;',
  'const i = (await response.json().catch(() => ({}))) as Outage;',
  'const j = record as unknown as Outage;',
  'const k = await response.json();',
];
const LET_BE = [
  'const a: unknown = JSON.parse(text);',
  'const b = JSON.parse(text) as unknown;',
  'value = JSON.parse(text);',
  'const c: unknown = packr.unpack(bytes);',
  'const d: unknown = await response.json();',
  'const e = readOutageRecord(bytes);',
  'const f = words as readonly string[];',
  'return reply.json(outage) as Reply;',
];

/** Lints statements, one a line, with nothing but our rule; returns those that it refuses. */
function refused(statements: readonly string[]): string[] {
  const code = ['async function f() {', ...statements, '}'].join('\n');
  const config: Linter.Config = {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser as Linter.Parser },
    rules: { 'no-restricted-syntax': ['error', ...uncheckedInput] },
  };
  const messages = new Linter().verify(code, [config], { filename: 'input.ts' });
  expect(messages.filter(({ ruleId }) => ruleId !== 'no-restricted-syntax')).toEqual([]);
  return statements.filter((_, i) => messages.some(({ line }) => line === i + 2));
}

it('what was parsed is not called what it should be', () => {
  expect(refused(REFUSED)).toEqual(REFUSED);
  expect(refused(LET_BE)).toEqual([]);
});
