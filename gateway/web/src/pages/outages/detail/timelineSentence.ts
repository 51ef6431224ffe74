import type { Status, TimelineEntry } from '../../../api/outages.js';
import { shortId, STATUS_WORDS } from '../../../words/wording.js';

/** What happened, without when and by whom. An entry of a kind the page does not know is shown by its own name. */
export function timelineSentence({ what, from, to }: Pick<TimelineEntry, 'what' | 'from' | 'to'>): string {
  switch (what) {
    case 'opened':
      return 'Opened';
    case 'status':
      return from ? `${statusWords(from)} → ${statusWords(to)}` : `Became ${statusWords(to)}`;
    case 'merged':
      return to ? `Merged into ${shortId(to)}` : 'Merged into another outage';
    case 'absorbed':
      return to ? `Took in ${shortId(to)}: both are one outage` : 'Took in another outage';
    case 'reopened':
      return 'Reopened: supply failed again';
    case 'amend':
      return `Corrected: ${from ?? '?'} → ${to ?? '?'} reports`;
    case 'crew':
      return to ? `Crew ${to} assigned` : 'Crew assigned';
    case 'crewLeft':
      return to ? `Crew ${to} left` : 'Crew left';
    case 'confirm':
      return 'Confirmed by hand';
    case 'cancel':
      return 'Cancelled';
    case 'acknowledge':
      return 'Acknowledged';
    case 'etr':
      return 'Estimated restoration changed';
    case 'note':
      return 'Note';
    case 'restore':
      return 'Declared restored';
    case 'close':
      return 'Closed';
    default:
      return what;
  }
}

function statusWords(status: string | null | undefined): string {
  if (!status) return 'unknown';
  return Object.hasOwn(STATUS_WORDS, status) ? STATUS_WORDS[status as Status] : status;
}
