/** JSON whose long numbers keep their digits: ids of 18 digits are common, and a double holds 15. */

/** A long number, and not the long digits of a text or behind a point: hardly any body has one. */
const LONG = /(?:^|[:,[\s-])\d{16}/;
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
  return JSON.parse(LONG.test(text) ? withLongNumbersAsTexts(text) : text);
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
  return (code >= 48 && code <= 57) || code === 46 || code === 45 || code === 43 || code === 101 || code === 69;
}
