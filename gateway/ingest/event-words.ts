import type { Kind } from '../../operators/model/event.js';
import { KIND_OF_CODE } from '../../operators/normalise/kaifa.js';

const RESTORATION =
  /restor|power[ _-]?(up|on|back)|first[ _-]?breath|breaker[ _-]?clos|(?<!de[ _-]?)energi[sz]ed|voltage[ _-]?return/i;
const OUTAGE =
  /outage|last[ _-]?gasp|power[ _-]?(down|off|fail|loss)|loss[ _-]?of|no[ _-]?(power|supply)|trip|de[ _-]?energi[sz]ed|trouble[ _-]?call/i;

/** Whether a source's word for an event (`last_gasp`, `BreakerClose`, `3.26.0.47`) says outage or restoration; null: neither. */
export function kindOfWord(word: string): Kind | null {
  const code = KIND_OF_CODE.get(word);
  if (code) return code;
  if (RESTORATION.test(word)) return 'restoration';
  return OUTAGE.test(word) ? 'outage' : null;
}
