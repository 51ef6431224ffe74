/** Ids as people and systems write them: what is around an id is none of it, and a digit is a digit in every script. */

/** What nearly every id is: it stays as it is. */
const PLAIN = /^[!-~]*$/;
/** White space, and characters that only say how a text runs: U+200E, U+200B, the byte-order mark. */
const AROUND = /^[\p{White_Space}\p{Cf}]$/u;
const DIGIT = /^\p{Nd}$/u;
const DIGITS = /\p{Nd}/gu;

/**
 * An id as it is compared: without white space and format characters around it (NBSP, U+200E, a byte-order mark), digits
 * of any script as 0 to 9. Nothing else is guessed: letters stay as they are, and so does what stands within an id.
 * @param text an id as it came, of any length
 * @returns the id; empty if there is nothing but what goes
 */
export function cleanId(text: string): string {
  return PLAIN.test(text) ? text : trimmed(text).replace(DIGITS, digitOf);
}

/** By hand: a regular expression that looks for the end takes the square of a long stretch of blanks. */
function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to) {
    const first = String.fromCodePoint(text.codePointAt(from)!);
    if (!AROUND.test(first)) break;
    from += first.length;
  }
  while (to > from) {
    const last = lastBefore(text, to);
    if (!AROUND.test(last)) break;
    to -= last.length;
  }
  return text.slice(from, to);
}

/** The character that ends before a place: one unit or a pair. */
function lastBefore(text: string, to: number): string {
  const pair = to > 1 ? text.codePointAt(to - 2)! : 0;
  return pair > 0xffff ? String.fromCodePoint(pair) : text[to - 1]!;
}

/** Digits of other scripts that were asked for, with what they are; there are some hundreds. */
const KNOWN = new Map<string, string>();

/** Unicode has the digits of a script in a row, from zero to nine, and rows only follow each other whole. */
function digitOf(digit: string): string {
  const known = KNOWN.get(digit);
  if (known !== undefined) return known;
  const code = digit.codePointAt(0)!;
  let zero = code;
  while (DIGIT.test(String.fromCodePoint(zero - 1))) zero--;
  const plain = String((code - zero) % 10);
  KNOWN.set(digit, plain);
  return plain;
}
