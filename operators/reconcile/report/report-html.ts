import { FINDING_KINDS, type Cause, type ComparedMember, type ComparedOutage, type Finding } from '../finding.js';
import { beginOf } from '../groups.js';
import type { Report } from './report.js';
import { changeText, figuresOf, leftOutLines, numberText } from './report-text.js';
import { durationText, shortId } from '../sentence.js';
import { nameOf } from '../stored-entry.js';
import { findingsOf, indicesOf, type Summary } from '../summary.js';

/** Causes and members that a finding shows; the JSON report has all of them. */
const SHOWN = 20;

/** What each kind means, for who reads the report alone. */
const KIND_WORDS: Readonly<Record<Finding['kind'], string>> = {
  missing: 'an outage that the stream does not have',
  extra: 'an outage that the stream alone has',
  merged: 'several outages of the stream are one',
  split: 'one outage of the stream is several',
  regrouped: 'several outages divide otherwise',
  members: 'an outage has other events',
  status: 'an outage has another status',
  times: 'an outage has other times',
  confidence: 'an outage has another confidence',
  counts: 'an outage has other counts',
  record: 'the record of an outage differs otherwise',
};

/** A page that needs nothing but itself: for a screen, light or dark, and for paper. */
export async function* htmlReport({ summary, findings }: Report): AsyncGenerator<string> {
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(`Reconciliation ${summary.run}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>`;
  yield headOf(summary);
  yield tilesOf(summary);
  yield figuresTable(summary);
  yield comparedSection(summary);
  yield `<h2>Findings</h2>`;
  if (findingsOf(summary) === 0)
    yield '<p>None: the stream and the replay agree in every outage that was compared.</p>';
  let no = 0;
  for await (const finding of findings) yield findingSection(finding, ++no);
  yield `</main>
</body>
</html>`;
}

function headOf({ run, order, from, to, author, startedAt, comparedAt, entries }: Summary): string {
  const how =
    order === 'log'
      ? 'The log replayed as the stream took it: any difference is a defect.'
      : 'The log replayed in the order in which things happened, late events included: differences are what the stream could not know.';
  return `<header>
<h1>Reconciliation of outages</h1>
<p>Outages that began from <b>${timeText(from)}</b> to <b>${timeText(to)}</b>. ${how}</p>
<p class="quiet">Run &ldquo;${escape(run)}&rdquo; by ${escape(author)}, begun ${timeText(startedAt)}, compared ${timeText(comparedAt)}; ${numberText(entries, 0)} entries of the log. Times are UTC.</p>
</header>`;
}

function tilesOf(summary: Summary): string {
  const { customerMinutes, outagesCompared, outagesEqual } = summary;
  const { saidiMin } = indicesOf(summary);
  const tile = (value: string, name: string): string =>
    `<div class="tile"><div class="value">${value}</div><div class="quiet">${name}</div></div>`;
  return `<div class="tiles">
${tile(changeText(customerMinutes.change, 1), 'customer-minutes changed')}
${tile(saidiMin === null ? '&ndash;' : changeText(saidiMin.change, 4), 'SAIDI changed, minutes')}
${tile(`${numberText(outagesEqual, 0)} of ${numberText(outagesCompared.stream, 0)}`, 'outages of the stream are equal')}
${tile(numberText(findingsOf(summary), 0), 'findings')}
</div>`;
}

function figuresTable(summary: Summary): string {
  const rows = figuresOf(summary).map(([name, figure, digits]) =>
    figure === null
      ? `<tr><th scope="row">${name}</th><td>&ndash;</td><td>&ndash;</td><td>&ndash;</td></tr>`
      : `<tr><th scope="row">${name}</th><td>${numberText(figure.stream, digits)}</td><td>${numberText(figure.replay, digits)}</td><td>${changeText(figure.change, digits)}</td></tr>`,
  );
  const { stream, replay } = summary.outagesCompared;
  const served =
    summary.customersServed === 0
      ? 'The network in use has no customers, so there is nothing to divide by.'
      : `Indices by IEEE 1366 over ${numberText(summary.customersServed, 0)} customers served, for the outages compared.`;
  return `<table class="figures">
<thead><tr><td></td><th scope="col">stream</th><th scope="col">replay</th><th scope="col">change</th></tr></thead>
<tbody>
${rows.join('\n')}
<tr><th scope="row">outages compared</th><td>${numberText(stream, 0)}</td><td>${numberText(replay, 0)}</td><td>${changeText(replay - stream, 0)}</td></tr>
</tbody>
</table>
<p class="quiet">${served} Momentary and cancelled outages count nothing; who is still out is counted up to the end of the range.</p>`;
}

function comparedSection(summary: Summary): string {
  const kinds = FINDING_KINDS.filter((kind) => summary.findings[kind] > 0).map(
    (kind) =>
      `<tr><th scope="row"><span class="kind">${kind}</span></th><td>${numberText(summary.findings[kind], 0)}</td><td class="words">${KIND_WORDS[kind]}</td></tr>`,
  );
  const left = leftOutLines(summary).map((line) => `<li>${escape(line)}</li>`);
  return [
    ...(kinds.length === 0
      ? []
      : [`<h2>By kind</h2>\n<table class="figures">\n<tbody>\n${kinds.join('\n')}\n</tbody>\n</table>`]),
    ...(left.length === 0 ? [] : [`<h2>Not compared</h2>\n<ul>\n${left.join('\n')}\n</ul>`]),
  ].join('\n');
}

function findingSection(finding: Finding, no: number): string {
  const { findingId, kind, substationId, feederId, sentence, customerMinutes, causes, stream, replay } = finding;
  const { added, removed } = finding;
  return `<section class="finding" id="f-${escape(findingId)}">
<h3>${no}. <span class="kind">${kind}</span> ${escape(`${substationId}/${feederId}`)}, ${timeText(beginOf(finding))} <span class="change">${changeText(customerMinutes.change, 1)} customer-minutes</span></h3>
<p>${escape(sentence)}</p>
${causesTable(causes)}
${outagesTable(stream, replay)}
${membersLine('Members of the replay alone', added)}
${membersLine('Members of the stream alone', removed)}
</section>`;
}

function causesTable(causes: readonly Cause[]): string {
  if (causes.length === 0) return '';
  const rows = causes
    .slice(0, SHOWN)
    .map(
      ({ name, t, receivedAt, byMs, says }) =>
        `<tr><td>${escape(name)}</td><td>${timeText(t)}</td><td>${receivedAt === null ? '' : timeText(receivedAt)}</td><td>${byMs === null ? '' : durationText(byMs)}</td><td>${escape(says)}</td></tr>`,
    );
  const rest =
    causes.length > SHOWN ? `<p class="quiet">and ${causes.length - SHOWN} more: see the JSON report.</p>` : '';
  return `<div class="wide"><table>
<thead><tr><th scope="col">what caused it</th><th scope="col">happened</th><th scope="col">received</th><th scope="col">by</th><th scope="col">why</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>${rest}`;
}

function outagesTable(stream: readonly ComparedOutage[], replay: readonly ComparedOutage[]): string {
  const row =
    (engine: string) =>
    (outage: ComparedOutage): string =>
      `<tr><td>${engine}</td><td><span title="${escape(outage.outageId)}">${escape(shortId(outage.outageId))}</span></td><td>${outage.status.replaceAll('_', ' ')}</td><td>${outage.confidence}</td><td>${timeText(outage.firstDetectedAt)}</td><td>${outage.restoredAt === null ? '' : timeText(outage.restoredAt)}</td><td class="number">${outage.members.length}</td><td class="number">${outage.customersAffected}</td><td class="number">${numberText(outage.customerMinutes, 1)}</td></tr>`;
  return `<div class="wide"><table>
<thead><tr><th scope="col"></th><th scope="col">outage</th><th scope="col">status</th><th scope="col">confidence</th><th scope="col">began</th><th scope="col">restored</th><th scope="col">events</th><th scope="col">customers</th><th scope="col">customer-minutes</th></tr></thead>
<tbody>
${[...stream.map(row('stream')), ...replay.map(row('replay'))].join('\n')}
</tbody>
</table></div>`;
}

function membersLine(what: string, members: readonly ComparedMember[]): string {
  if (members.length === 0) return '';
  const rest = members.length > SHOWN ? ` and ${members.length - SHOWN} more` : '';
  return `<p class="quiet">${what}: ${escape(members.slice(0, SHOWN).map(nameOf).join(', '))}${rest}.</p>`;
}

/** A time to the second, as nobody reads milliseconds. */
function timeText(iso: string): string {
  return `<time datetime="${escape(iso)}">${escape(iso.slice(0, 19).replace('T', ' '))}</time>`;
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES.get(character)!);
}

const STYLE = `
:root { --text: #1c2430; --quiet: #5b6675; --back: #ffffff; --tile: #f2f5f9; --line: #d5dce5; --kind: #0b5cab; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6ebf2; --quiet: #9aa7b8; --back: #12171f; --tile: #1c2430; --line: #364252; --kind: #7db8f5; }
}
@media print {
  :root { --text: #000; --quiet: #444; --back: #fff; --tile: #fff; --line: #999; --kind: #000; }
  .finding, .tiles, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
p { margin: .25rem 0 .75rem; }
.quiet { color: var(--quiet); font-size: .875rem; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: 1rem; margin: 1.25rem 0; }
.tile { background: var(--tile); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
.value { font-size: 1.7rem; font-weight: 600; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .875rem; }
.figures { font-size: 1rem; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--quiet); font-weight: 500; }
.figures td, .figures thead th, .number { text-align: right; }
.figures td { padding-left: 1.5rem; }
.figures th[scope="row"] { font-weight: 500; }
.figures .words { text-align: left; }
.wide { overflow-x: auto; margin-bottom: .75rem; }
.finding { border-top: 2px solid var(--line); padding: 1rem 0 .5rem; }
.kind { color: var(--kind); font-weight: 600; }
.change { float: right; font-weight: 500; }
`;
