/** JSON whose long numbers keep their digits: ids of 18 digits are common, and a double holds 15. */

/** So many digits in a row a double may not hold. */
const LONG = 16;
const DOT = 46;
/** A whole number, also as those write it who know doubles only. */
const WHOLE = /^(-?\d+)(?:\.0*)?$/;
const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Reads JSON. A whole number that a double does not hold exactly becomes the text of its digits; all else is as `JSON.parse`
 * has it.
 * @throws SyntaxError where it is no JSON
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(hasLongNumber(text) ? withLongNumbersAsTexts(text) : text);
}

/**
 * Whether there is a run of so many digits that is neither all of a text nor behind a point. By hand: every sixteenth character
 * says that there is none, and a regular expression takes a quarter of the time of all the parsing to say so.
 */
function hasLongNumber(json: string): boolean {
  for (let at = LONG - 1; at < json.length; at += LONG) {
    if (!isDigit(json.charCodeAt(at))) continue;
    let from = at;
    while (isDigit(json.charCodeAt(from - 1))) from--;
    while (isDigit(json.charCodeAt(at + 1))) at++;
    const before = json.charCodeAt(from - 1);
    if (at - from >= LONG - 1 && before !== QUOTE && before !== DOT) return true;
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function withLongNumbersAsTexts(json: string): string {
  const parts: string[] = [];
  let copied = 0;
  for (let at = 0; at < json.length;) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfText(json, at);
    else if (!isInNumber(code)) at++;
    else {
      const end = endOfNumber(json, at);
      const digits = WHOLE.exec(json.slice(at, end))?.[1];
      if (digits !== undefined && !Number.isSafeInteger(Number(digits))) {
        parts.push(json.slice(copied, at), `"${digits}"`);
        copied = end;
      }
      at = end;
    }
  }
  parts.push(json.slice(copied));
  return parts.join('');
}

/** Behind the quote that ends the text which begins at `start`. A quote is escaped by an odd number of backslashes. */
function endOfText(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote >= 0; quote = json.indexOf('"', quote + 1)) {
    let before = quote;
    while (json.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((quote - before) % 2 === 0) return quote + 1;
  }
  return json.length;
}

function endOfNumber(json: string, start: number): number {
  let end = start;
  while (end < json.length && isInNumber(json.charCodeAt(end))) end++;
  return end;
}

/** Of what numbers are made: digits, `.`, `-`, `+`, `e`. That letters of `true` are among them does no harm. */
function isInNumber(code: number): boolean {
  return isDigit(code) || code === DOT || code === 45 || code === 43 || code === 101 || code === 69;
}
