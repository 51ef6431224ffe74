import { FINDING_KINDS, type Figure, type Finding } from '../finding.js';
import { beginOf } from '../groups.js';
import { findingsOf, indicesOf, LEFT_OUT_REASONS, type LeftOutReason, type Summary } from '../summary.js';

/** A number as people read it. */
export function numberText(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A change, with its sign. */
export function changeText(value: number, digits: number): string {
  const text = numberText(value, digits);
  const isZero = Number(text.replaceAll(',', '')) === 0;
  return isZero ? numberText(0, digits) : value > 0 ? `+${text}` : text;
}

/** The figures that matter, each with its name and the digits that mean something. */
export function figuresOf(
  summary: Summary,
): readonly (readonly [name: string, figure: Figure | null, digits: number])[] {
  const { saidiMin, saifi, caidiMin } = indicesOf(summary);
  return [
    ['customer-minutes', summary.customerMinutes, 1],
    ['customers interrupted', summary.customersInterrupted, 0],
    ['SAIDI, minutes', saidiMin, 4],
    ['SAIFI', saifi, 5],
    ['CAIDI, minutes', caidiMin, 2],
  ];
}

/** What was not compared, with why: one line a reason. */
export function leftOutLines({ leftOut }: Pick<Summary, 'leftOut'>): string[] {
  return (Object.entries(leftOut) as [LeftOutReason, number][]).flatMap(([reason, count]) =>
    count === 0 ? [] : [`${count} ${LEFT_OUT_REASONS[reason]}`],
  );
}

/** A summary for a terminal: the figures first, then what was compared, found and left out. */
export function summaryLines(summary: Summary): string[] {
  const { run, order, from, to, entries, outagesCompared, outagesEqual, findings } = summary;
  const row = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(24)}${cells.map((cell) => cell.padStart(16)).join('')}`;
  const figures = figuresOf(summary).map(([name, figure, digits]) =>
    row(
      name,
      figure === null
        ? ['-', '-', '-']
        : [numberText(figure.stream, digits), numberText(figure.replay, digits), changeText(figure.change, digits)],
    ),
  );
  const { stream, replay } = outagesCompared;
  const left = leftOutLines(summary);
  return [
    `${run}: outages that began from ${from} to ${to}, in ${order === 'log' ? 'log' : 'event-time'} order`,
    row('', ['stream', 'replay', 'change']),
    ...figures,
    row('outages compared', [numberText(stream, 0), numberText(replay, 0), changeText(replay - stream, 0)]),
    `entries of the log replayed: ${entries}`,
    `outages equal: ${outagesEqual}`,
    `findings: ${findingsOf(summary)}`,
    ...FINDING_KINDS.flatMap((kind) => (findings[kind] === 0 ? [] : [`  ${kind}: ${findings[kind]}`])),
    ...(left.length === 0 ? [] : ['left out:', ...left.map((line) => `  ${line}`)]),
  ];
}

/** A finding as a line for a terminal. */
export function findingLine(finding: Finding): string {
  const { kind, customerMinutes, sentence } = finding;
  const began = `${beginOf(finding).slice(0, 16)}Z`;
  return `${kind.padEnd(10)} ${began} ${changeText(customerMinutes.change, 1).padStart(10)} min  ${sentence}`;
}
