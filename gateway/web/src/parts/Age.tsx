import { words } from '../words/words.js';
import { useClock } from './clock.js';

/** How long ago `since` (epoch ms) was: `12 min`. */
export function Age({ since }: { since: number }) {
  return useClock((now) => words.format.age(now - since));
}
