/** What a source's word for an event says of supply. What is not unmistakable says nothing: it is kept aside and counted. */
import type { Kind } from '../model/words.js';
import { codeKey, type CodeMeaning } from './code-table.js';

type Meanings = ReadonlyMap<string, CodeMeaning>;

/**
 * Whether a code or word says that supply went or that it is back; null: neither, or both, or not for certain.
 * @param meanings what is known of the source's codes and words, which goes first
 * @param context a word of the same report that decides where `text` says nothing of supply by itself: `BreakerTrip`, `Cleared`
 */
export function kindOf(meanings: Meanings, text: string, context = ''): Kind | null {
  const known = meaningOf(meanings, text);
  if (known !== undefined) return known === 'ignored' ? null : known;
  const said = saidOf(meanings, text);
  if (context === '' || said.outage || said.restoration) return kindSaid(said);
  const about = meaningOf(meanings, context);
  if (about === 'ignored') return null;
  const { outage, restoration, over, isAgain, negated } = about === undefined ? saidBy(context) : SAID[about];
  return kindSaid({
    outage,
    restoration,
    over: over || said.over,
    isAgain: isAgain || said.isAgain,
    negated: negated || said.negated,
  });
}

function meaningOf(meanings: Meanings, text: string): CodeMeaning | undefined {
  return meanings.get(text) ?? meanings.get(codeKey(text));
}

/** The plain word for each. */
const PLAIN: Readonly<Record<Kind, string>> = { outage: 'outage', restoration: 'power up' };

/** What a text says. A word of the table at its beginning is known in any letters: `ONU_LASTGASPALERT_CLEARED`. */
function saidOf(meanings: Meanings, text: string): Said {
  const said = saidBy(text);
  if (said.outage || said.restoration) return said;
  const whole = codeKey(text);
  let longest = '';
  for (const word of meanings.keys()) {
    // A code is no word, and what follows on a word without a gap is one with it.
    const isWord = /[a-z]/.test(word) && whole.startsWith(word) && /[\s_:-]/.test(whole.charAt(word.length));
    if (isWord && word.length > longest.length) longest = word;
  }
  const meaning = longest === '' ? undefined : meanings.get(longest);
  if (meaning === 'ignored') return NOTHING;
  return meaning === undefined ? said : saidBy(PLAIN[meaning] + whole.slice(longest.length));
}

/** What stands in a text. */
interface Said {
  readonly outage: boolean;
  readonly restoration: boolean;
  /** Whatever it was is over: cleared, reset, resolved, ended. */
  readonly over: boolean;
  /** All is as it should be again: normal, recovered. */
  readonly isAgain: boolean;
  readonly negated: boolean;
}

const NOTHING: Said = { outage: false, restoration: false, over: false, isAgain: false, negated: false };
const SAID: Readonly<Record<Kind, Said>> = {
  outage: { ...NOTHING, outage: true },
  restoration: { ...NOTHING, restoration: true },
};

/** Words as {@link wordsOf} gives them: small, each between two blanks. A phrase takes the blank before it. */
const OUTAGE = new RegExp(
  ` (?:${[
    '(?:last|dying) ?gasp',
    'outages?',
    'black ?out',
    'power ?(?:down|off|out|cut|loss|lost|fail(?:s|ed|ure)?)',
    '(?:supply|mains|voltage) (?:loss|lost|fail(?:s|ed|ure)?)',
    'loss of (?:power|supply|mains|voltage)',
    'no (?:power|supply|voltage)',
    'trip(?:s|ped)?',
    'de ?energi[sz](?:ed|ation)',
    'trouble call',
  ].join('|')})(?= )`,
  'g',
);
const RESTORATION = new RegExp(
  ` (?:${[
    'power ?(?:up|on|back|returns?|returned|recover(?:ed|y)|resumed)',
    'first ?breath',
    'breaker ?clos(?:e|es|ed|ing)',
    '(?:re ?)?energi[sz](?:ed|ation)',
    'voltage returns?(?:ed)?',
  ].join('|')})(?= )`,
  'g',
);
const RESTORED = / restor(?:e|es|ed|ing|ation)(?= )/g;
const OVER = / (?:clear|cleared|reset|resolved|ended) /;
const AGAIN = / (?:normal|normali[sz]ed|recovered|recovery) /;
const NEGATION =
  / (?:no|not|non|never|without|unable|fail|fails|failed|failing|failure|unsuccessful|cancell?ed|false) /;

function saidBy(text: string): Said {
  const words = wordsOf(text);
  // What a phrase holds negates nothing: "no power", "power failed".
  const others = words.replace(OUTAGE, ' ');
  const rest = others.replace(RESTORATION, ' ');
  const left = rest.replace(RESTORED, ' ');
  const outage = others !== words;
  return {
    outage,
    restoration: rest !== others || (left !== rest && !outage),
    over: OVER.test(left) || (left !== rest && outage),
    isAgain: AGAIN.test(left),
    negated: NEGATION.test(left),
  };
}

/** `MV_AlarmLossOfVoltage` as ` mv alarm loss of voltage `. */
function wordsOf(text: string): string {
  const words = text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return ` ${words.join(' ')} `;
}

/** A word for the end turns one for an outage round; of what is negated, or said with its opposite, nobody knows what it is. */
function kindSaid({ outage, restoration, over, isAgain, negated }: Said): Kind | null {
  if (negated || outage === restoration) return null;
  if (outage) return over || isAgain ? 'restoration' : 'outage';
  return over ? null : 'restoration';
}
