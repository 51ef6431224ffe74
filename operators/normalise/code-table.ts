import { OperatorError } from '../model/errors.js';
import { cleanId } from '../model/id-text.js';
import { bySource, SOURCES, type Source } from '../model/source.js';
import { KINDS, type Kind } from '../model/words.js';

/** What a code or a word of a source says: that supply went, that it is back, or neither. */
export const CODE_MEANINGS = [...KINDS, 'ignored'] as const;
export type CodeMeaning = Kind | 'ignored';

/**
 * By source, what its codes and words mean: written small, as upper and lower case never decide, and as they mostly are, which
 * is found at once.
 */
export type CodeTable = Readonly<Record<Source, ReadonlyMap<string, CodeMeaning>>>;

type Codes = Readonly<Partial<Record<Source, Readonly<Partial<Record<CodeMeaning, readonly string[]>>>>>>;

/**
 * EndDeviceEventType (IEC 61968-9: type.domain.subDomain.eventOrAction; domain 26 is power), without its type: 0 is any device
 * and 3 a meter. Seen in the field, each power down with its power up.
 */
const METER_CODES: Readonly<Record<Kind, readonly string[]>> = {
  outage: ['26.0.47', '26.0.85', '26.38.47', '26.38.85', '26.136.47', '26.136.66'],
  restoration: ['26.0.216', '26.38.49', '26.136.216'],
};
const ofAnyMeter = (codes: readonly string[]): string[] => codes.flatMap((code) => [`0.${code}`, `3.${code}`]);

/** What is known of the field. Codes differ between head-end systems: a utility says of its own what they mean. */
const GIVEN: Codes = {
  scada: {
    outage: ['De-energized', 'MV_AlarmLossOfVoltage', 'BreakerTrip', 'FuseTrip'],
    restoration: ['Energized', 'MV_AlarmRestoration', 'BreakerClose'],
  },
  kaifa: { outage: ofAnyMeter(METER_CODES.outage), restoration: ofAnyMeter(METER_CODES.restoration) },
  onu: { outage: ['ONU_LastGaspAlert'], restoration: ['ONU_PowerRestored'] },
};

/** The codes and words that are given with the program. */
export const GIVEN_CODES: CodeTable = tableOf([GIVEN]);

/** A code or word as tables have it. */
export function codeKey(text: string): string {
  return cleanId(text).toLowerCase();
}

/**
 * The given codes and words, and those of a utility, which go first.
 * @param additions what its file says: by source `outage`, `restoration` and `ignored`, each a list of codes or words
 * @param where the file's name, for sentences
 * @throws OperatorError that names what is wrong in it, and what would be right
 */
export function codeTable(additions: unknown, where: string): CodeTable {
  return additions === null || additions === undefined ? GIVEN_CODES : tableOf([GIVEN, codesIn(additions, where)]);
}

function tableOf(all: readonly Codes[]): CodeTable {
  return bySource((source) => {
    const meanings = new Map<string, CodeMeaning>();
    for (const codes of all) {
      for (const meaning of CODE_MEANINGS) {
        for (const code of codes[source]?.[meaning] ?? []) meanings.set(codeKey(code), meaning);
      }
    }
    const written = all.flatMap((codes) => Object.values(codes[source] ?? {}).flat());
    for (const code of written) meanings.set(code, meanings.get(codeKey(code))!);
    return meanings;
  });
}

function codesIn(additions: unknown, where: string): Codes {
  const sources = entriesOf(additions, SOURCES, where, '');
  return Object.fromEntries(
    sources.map(([source, lists]) => [
      source,
      Object.fromEntries(
        entriesOf(lists, CODE_MEANINGS, where, source).map(([meaning, list]) => [
          meaning,
          textsIn(list, where, `${source}.${meaning}`),
        ]),
      ),
    ]),
  );
}

/** The fields of an object, all of which must be known. */
function entriesOf(value: unknown, known: readonly string[], where: string, path: string): [string, unknown][] {
  const what = path === '' ? where : `${where}: ${path}`;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw badCodes(`${what} is no object: expected ${known.join(', ')}.`);
  }
  const entries = Object.entries(value);
  const unknown = entries.find(([name]) => !known.includes(name));
  if (unknown) throw badCodes(`${what}: "${unknown[0].slice(0, 60)}" is unknown: expected ${known.join(', ')}.`);
  return entries;
}

function textsIn(list: unknown, where: string, path: string): string[] {
  if (!Array.isArray(list)) throw badCodes(`${where}: ${path} is no list of codes and words.`);
  return list.map((code: unknown, i) => {
    if (typeof code === 'string' && codeKey(code) !== '') return code;
    throw badCodes(`${where}: ${path}[${i}] is no text: write codes and words in quotes.`);
  });
}

function badCodes(sentence: string): OperatorError {
  return new OperatorError('OMS_BAD_SOURCE_CODES', sentence);
}
