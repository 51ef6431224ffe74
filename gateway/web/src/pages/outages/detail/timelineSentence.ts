import type { TimelineWord } from '../../../../../../operators/model/timeline.js';
import { shortId, type TimelineEntry } from '../../../api/outages.js';
import { statusText, words } from '../../../words/words.js';

/** What happened, without when and by whom. An entry of a kind the page does not know is shown by its own name. */
export function timelineSentence({ what, from, to }: Pick<TimelineEntry, 'what' | 'from' | 'to'>): string {
  const sentence = Object.hasOwn(words.timeline.what, what) ? words.timeline.what[what as TimelineWord] : null;
  if (sentence === null) return what;
  if (what === 'status') return sentence(to ? statusText(to) : words.timeline.unknownStatus, from && statusText(from));
  if (what === 'merged' || what === 'absorbed') return sentence(to && shortId(to), null);
  return sentence(to, from);
}

/** Who brought it about. */
export function causeSentence({ by, cause }: Pick<TimelineEntry, 'by' | 'cause'>): string {
  return by === null || by === 'stream' ? words.timeline.byCorrelation(cause) : words.timeline.by(by);
}
