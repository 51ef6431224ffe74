import type { CauseReason, Change, ComparedOutage, Finding } from './finding.js';

type Told = Pick<
  Finding,
  'kind' | 'substationId' | 'feederId' | 'stream' | 'replay' | 'added' | 'removed' | 'changes' | 'causes'
>;

/** An event that the stream left out: what follows is what it would have made. */
const LEFT_OUT: ReadonlySet<CauseReason> = new Set(['receivedTooLate', 'behindWatermark', 'setAside', 'noOutcome']);

/** A finding in one sentence: what happened, then what it changes. */
export function sentenceOf(told: Told): string {
  const [cause, ...others] = told.causes;
  const effect = effectOf(told);
  if (!cause) return `${effect[0]!.toUpperCase()}${effect.slice(1)}.`;
  const and = others.length === 0 ? '' : `, and ${others.length} more like it`;
  const join = LEFT_OUT.has(cause.reason) ? (others.length === 0 ? '; with it, ' : '; with them, ') : '; ';
  return `${cause.name} ${cause.says}${and}${join}${effect}.`;
}

/** A duration as people say it: `42 min`, `3 h 5 min`, `2 d 4 h`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(ms / 3_600_000);
  return minutes < 1440
    ? withRest(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
    : withRest(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function withRest(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** The short form of an outage's id, enough for a person to tell two of one feeder apart. */
export function shortId(outageId: string): string {
  return outageId.slice(0, 8);
}

function effectOf({ kind, substationId, feederId, stream, replay, added, removed, changes }: Told): string {
  const of = `of ${substationId}/${feederId}`;
  const mine = namesOf(stream);
  switch (kind) {
    case 'missing':
      return `there is an outage ${of} that the stream does not have: ${beginText(replay[0]!)}`;
    case 'extra':
      return `${mine} ${of} has no counterpart: none of its ${eventsText(removed.length)} is in an outage of the replay`;
    case 'merged':
      return `${mine} ${of} are one`;
    case 'split':
      return `${mine} ${of} is ${replay.length} outages`;
    case 'regrouped':
      return `the events of ${mine} ${of} divide into ${replay.length} other outages`;
    case 'members':
      return `${mine} ${of} has ${membersText(added.length, removed.length)}${changesText(changes)}`;
    default:
      return `${mine} ${of}${changes.map(changeText).join(',')}`;
  }
}

function namesOf(outages: readonly ComparedOutage[]): string {
  const ids = outages.map(({ outageId }) => shortId(outageId));
  if (ids.length === 1) return `outage ${ids[0]}`;
  return `outages ${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}`;
}

const eventsText = (count: number): string => (count === 1 ? '1 event' : `${count} events`);

const beginText = ({ firstDetectedAt, customersAffected }: ComparedOutage): string =>
  `${customersAffected === 1 ? '1 customer' : `${customersAffected} customers`} from ${firstDetectedAt} on`;

function membersText(added: number, removed: number): string {
  const more = added === 1 ? '1 member more' : `${added} members more`;
  const less = removed === 1 ? '1 member less' : `${removed} members less`;
  return [...(added > 0 ? [more] : []), ...(removed > 0 ? [less] : [])].join(' and ');
}

/** What a person asks about first; the rest stands in the list of changes. */
const TOLD_FIELDS: Partial<Record<Change['field'], string>> = {
  status: 'status',
  confidence: 'confidence',
  restoredAt: 'restored',
  customersAffected: 'customers',
};

function changesText(changes: readonly Change[]): string {
  const told = changes.flatMap(({ field, stream, replay }) =>
    TOLD_FIELDS[field] ? [`${TOLD_FIELDS[field]} ${stream ?? 'none'} -> ${replay ?? 'none'}`] : [],
  );
  return told.length === 0 ? '' : ` (${told.join(', ')})`;
}

const FIELD_WORDS: Record<Change['field'], string> = {
  status: 'is',
  firstDetectedAt: 'began at',
  lastEventAt: 'was last reported at',
  restoredAt: 'was restored at',
  confidence: 'has confidence',
  severity: 'has severity',
  customersAffected: 'has customers affected',
  customersOut: 'has customers out',
  assetsAffected: 'has reporters',
  assetsOut: 'has reporters out',
  outageId: 'has id',
  incidentId: 'has incident',
  ruleSet: 'has rule set',
  flags: 'has flags',
  crew: 'has crews',
  acknowledgedBy: 'was acknowledged by',
  etr: 'has estimated restoration',
};

function changeText({ field, stream, replay }: Change): string {
  return ` ${FIELD_WORDS[field]} ${textOf(replay)}, not ${textOf(stream)}`;
}

const textOf = (value: string | number | null): string => (value === null || value === '' ? 'none' : String(value));
