import { Linter } from 'eslint';
import ts from 'typescript';
import tseslint from 'typescript-eslint';
import { expect, it } from 'vitest';
import { textLookup } from './text-lookup.js';

const FILE = 'lookup.ts';
const DECLARED = `
  declare const fields: Record<string, number>; declare const text: string; declare const outside: unknown;
  declare const list: number[]; declare const map: Map<string, number>; declare const at: number;
  declare const word: 'a' | 'b'; declare const words: { a: number; b: number };
`;

const REFUSED = [
  'fields[text];',
  'fields[text] = 1;',
  'words[text as "a"];',
  'words[text as keyof typeof words];',
  'text in fields;',
  'Object.hasOwn(fields, "other") ? fields[text] : 0;',
];
const LET_BE = [
  'fields.constructor; fields["a"];',
  'words[word];',
  'list[at];',
  'map.get(text);',
  '"a" in fields;',
  'Object.hasOwn(fields, text) ? fields[text] : 0;',
  'Object.hasOwn(fields, text) && fields[text];',
  'if (Object.hasOwn(words, text)) words[text as "a"];',
  'function pick<T, K extends keyof T>(from: T, name: K): T[K] { return from[name]; }',
];

/** Lints statements, one a line, with types and nothing but our rule; returns those that it refuses. */
function refused(statements: readonly string[]): string[] {
  const code = [...statements, DECLARED].join('\n');
  const options = { strict: true, target: ts.ScriptTarget.ES2022 };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === FILE ? ts.createSourceFile(FILE, code, ts.ScriptTarget.ES2022, true) : getSourceFile(name, ...rest);
  const program = ts.createProgram([FILE], options, host);
  const config: Linter.Config = {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser as Linter.Parser, parserOptions: { programs: [program] } },
    plugins: { oms: { rules: { 'text-lookup': textLookup } } },
    rules: { 'oms/text-lookup': 'error' },
  };
  const messages = new Linter().verify(code, [config], { filename: FILE });
  expect(messages.filter(({ ruleId }) => ruleId !== 'oms/text-lookup')).toEqual([]);
  return messages.map(({ line }) => statements[line - 1]!);
}

it('an object is looked up by certain texts only, or after it was asked whether it has one', () =>
  expect(refused([...REFUSED, ...LET_BE])).toEqual(REFUSED));
