import type { Kind } from '../../operators/model/event.js';
import { SOURCES } from '../../operators/model/source.js';
import { codeKey, GIVEN_CODES } from '../../operators/normalise/code-table.js';
import { kindOf } from '../../operators/normalise/event-words.js';

/**
 * Whether a word for an event (`last_gasp`, `BreakerClose`, `3.26.0.47`) says outage or restoration; null: neither.
 * @param codes what the codes and words of sources mean
 */
export function kindOfWord(word: string, codes = GIVEN_CODES): Kind | null {
  const key = codeKey(word);
  const source = SOURCES.find((one) => codes[one].has(key)) ?? SOURCES[0]!;
  return kindOf(codes[source], word);
}
