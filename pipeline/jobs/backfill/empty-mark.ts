/** What exports write where there is nothing. */
const MARKS = new Set(['null', '(null)', '\\n', 'n/a', '#n/a', 'nan', '-', '--']);
const LONGEST = 6;
/** With what they begin: hardly any other cell does, and one look says so. */
const FIRST = new Set([...'nN(\\#-'].map((character) => character.charCodeAt(0)));

/** Whether a cell says by a word or sign that it is empty: `NULL`, `\N`, `N/A`, `-`. */
export function isEmptyMark(text: string): boolean {
  return text.length <= LONGEST && FIRST.has(text.charCodeAt(0)) && MARKS.has(text.toLowerCase());
}
