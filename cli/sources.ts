import type { Command } from 'commander';
import { readEnvironment } from '../connections/environment.js';
import { readSourceCodes } from '../connections/source-codes.js';
import { SOURCES } from '../operators/model/source.js';
import { codeKey, type CodeTable } from '../operators/normalise/code-table.js';

/** `oms sources`. */
export function addSources(program: Command): void {
  const sources = program.command('sources').description('what is known of the systems that send reports');
  sources.addHelpText('after', '\nExample:\n  oms sources codes');
  sources
    .command('codes')
    .description("what the sources' codes and words mean; OMS_SOURCE_CODES names a file that says more")
    .option('--file <file>', 'as they would be with this file of further ones')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  oms sources codes --file codes.yaml')
    .action(({ file, json = false }: { file?: string; json?: boolean }) => {
      const table = file === undefined ? readEnvironment().sourceCodes : readSourceCodes(file);
      const rows = rowsOf(table);
      if (json) console.log(JSON.stringify(rows));
      else for (const { source, code, means } of rows) console.log(`${source.padEnd(12)} ${code.padEnd(24)} ${means}`);
    });
}

function rowsOf(table: CodeTable) {
  // Each once, as it is compared.
  const each = SOURCES.flatMap((source) => [...table[source]].map(([code, means]) => ({ source, code, means })));
  return each.filter(({ code }) => codeKey(code) === code);
}
