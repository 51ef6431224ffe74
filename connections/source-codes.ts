import { readFileSync } from 'node:fs';
import { parse, YAMLError } from 'yaml';
import { codeTable, GIVEN_CODES, type CodeTable } from '../operators/normalise/code-table.js';
import { OmsError } from './errors.js';
import { fileProblem } from './files.js';

/**
 * The codes and words of sources: those that are given, and those of a file, which go first.
 * @param file YAML or JSON: by source `outage`, `restoration` and `ignored`, each a list of codes or words; empty: none
 * @throws OmsError or OperatorError that names the file and what is wrong with it
 */
export function readSourceCodes(file: string): CodeTable {
  if (file === '') return GIVEN_CODES;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fileProblem(file, error as NodeJS.ErrnoException);
  }
  let additions: unknown;
  try {
    additions = parse(text);
  } catch (error) {
    if (!(error instanceof YAMLError)) throw error;
    const [why] = error.message.split('\n');
    throw new OmsError('OMS_BAD_SOURCE_CODES', `${file} is not YAML: ${why!.replace(/:$/, '')}.`, { cause: error });
  }
  return codeTable(additions, file);
}
