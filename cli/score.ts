import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { OmsError } from '../connections/errors.js';
import { fileProblem } from '../connections/files.js';
import { readSaidFaults, readTruth, type FaultsFile } from '../simulator/score/faults-file.js';
import { scoreFaults, type Score, type Share } from '../simulator/score/score.js';

/** Lines of a file that are shown with what is wrong with them. */
const REFUSED_SHOWN = 5;

/** `oms score`: how well a diagnosis found the faults of a storm. */
export function addScore(program: Command): void {
  program
    .command('score')
    .description('hold what a diagnosis says of a simulated storm against what really happened')
    .argument('<truth>', 'what oms storm --truth wrote')
    .argument('<faults>', 'NDJSON file of the faults that oms diagnose names')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  oms score truth.ndjson faults.ndjson')
    .action(async (truthFile: string, faultsFile: string, { json = false }: { json?: boolean }) => {
      const truth = await read(truthFile, readTruth);
      const said = await read(faultsFile, readSaidFaults);
      const score = scoreFaults(truth, said);
      console.log(json ? JSON.stringify(score) : scoreLines(score).join('\n'));
    });
}

async function read<F>(file: string, readFaults: (text: string) => FaultsFile<F>): Promise<readonly F[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw fileProblem(file, error);
  });
  const { faults, refused } = readFaults(text);
  if (refused.length === 0) return faults;
  const shown = refused.slice(0, REFUSED_SHOWN).map(({ line, reason }) => `${file}, line ${line}: ${reason}`);
  const more = refused.length > shown.length ? [`... and ${refused.length - shown.length} more.`] : [];
  throw new OmsError('OMS_UNSCORABLE', [...shown, ...more].join('\n'));
}

function scoreLines(score: Score): string[] {
  const { trueFaults, unreported, saidFaults, unnamed, exact, bCubed, device, calibration, around90 } = score;
  return [
    `faults        ${trueFaults} with a report, ${unreported} without; said ${saidFaults}, of those ${unnamed} without a device`,
    `exact         ${shareText(exact)}`,
    `right device  ${shareText(device)}`,
    `B-cubed F1    ${bCubed ? bCubedText(bCubed) : 'none'}`,
    '',
    'confidence  faults  said    right',
    ...calibration.map(
      ({ from, to, of, said, share }) =>
        `${from.toFixed(1)} - ${to.toFixed(1)}   ${String(of).padStart(6)}  ${figure(said)}  ${figure(share)}`,
    ),
    `said 0.85 to 0.95: right ${shareText(around90)}`,
  ];
}

function shareText({ right, of, share }: Share): string {
  return `${figure(share)} (${right} of ${of})`;
}

function bCubedText({ precision, recall, f1 }: NonNullable<Score['bCubed']>): string {
  return `${figure(f1)} (precision ${figure(precision)}, recall ${figure(recall)})`;
}

function figure(value: number | null): string {
  return value === null ? '-     ' : value.toFixed(4);
}
