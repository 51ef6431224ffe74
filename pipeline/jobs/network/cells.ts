import { cleanId } from '../../../operators/model/id-text.js';

const LONGEST_TEXT = 256;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** A number of a country that has a comma before its fraction. */
const COMMA_NUMBER = /^[+-]?\d+,\d+$/;
/** One that has it before the thousands elsewhere. */
const PERHAPS_THOUSANDS = /^[+-]?[1-9]\d{0,2},\d{3}$/;
/** What a spreadsheet makes of a number of many digits: 7E+17. */
const SHORTENED = /^\d([.,]\d+)?E\+\d{2,}$/i;
// A byte sequence that is not UTF-8 is decoded to U+FFFD; half a surrogate pair cannot be written back.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\uFFFD]/u;

/**
 * The cells of one row, read as what they should be. A cell that is something else is reported and read as an empty
 * text or NaN, so that all of a row is checked in one pass; a row with a report never becomes part of a network.
 */
export class Cells {
  /**
   * @param valueOf a column's value: a text (CSV), a text, number or boolean (GeoJSON), or undefined if it has none
   * @param report takes what is wrong, with the column
   */
  constructor(
    private readonly valueOf: (column: string) => unknown,
    private readonly report: (column: string, message: string) => void,
  ) {}

  /** An id: 1 to 256 printable characters, without what is around them, digits of any script as 0 to 9. */
  id(column: string): string {
    const id = this.idOrNone(column);
    if (id === '') this.report(column, `${column} is empty; every row needs one.`);
    return id;
  }

  /** An id that becomes a part of the key SUBSTATION/FEEDER, and so holds no slash. */
  keyId(column: string): string {
    const text = this.id(column);
    if (text.includes('/')) {
      this.report(column, `${column} "${text}" holds a slash, which separates substation and feeder in the key.`);
    }
    return text;
  }

  /** An id, or null where the cell is empty. */
  optionalId(column: string): string | null {
    return this.idOrNone(column) || null;
  }

  /** A text of at most 256 printable characters; may be empty. */
  text(column: string): string {
    const value = this.valueOf(column);
    if (value === undefined || value === null) return '';
    if (typeof value === 'object') {
      this.report(column, `${column} is not a text; write one value.`);
      return '';
    }
    const text = String(value).trim();
    if (text.length > LONGEST_TEXT) {
      this.report(column, `${column} has ${text.length} characters; at most ${LONGEST_TEXT} are allowed.`);
    }
    if (UNPRINTABLE.test(text)) {
      this.report(column, `${column} ${JSON.stringify(text)} holds a control character or is not UTF-8.`);
    }
    return text;
  }

  /** Degrees north, -90 to 90. */
  lat(column: string): number {
    return this.degrees(column, 90);
  }

  /** Degrees east, -180 to 180. */
  lon(column: string): number {
    return this.degrees(column, 180);
  }

  /** A number from 0 on. */
  quantity(column: string): number {
    return this.number(column, 0, Infinity, 'write a number from 0 on');
  }

  /** A number from 0 on, or null where the cell is empty. */
  optionalQuantity(column: string): number | null {
    return this.text(column) === '' ? null : this.quantity(column);
  }

  /** One of the given words; upper and lower case do not decide. */
  word<W extends string>(column: string, words: readonly W[]): W {
    const text = this.text(column);
    const written = cleanId(text).toLowerCase();
    const word = words.find((candidate) => candidate === written);
    if (word === undefined) this.report(column, `${column} "${text}" is unknown; it is one of ${words.join(', ')}.`);
    return word ?? words[0]!;
  }

  /** One of the given words, or null where the cell is empty. */
  optionalWord<W extends string>(column: string, words: readonly W[]): W | null {
    return this.text(column) === '' ? null : this.word(column, words);
  }

  /** Yes or no: 1 or 0, true or false; empty is no. */
  flag(column: string): boolean {
    const text = this.text(column).toLowerCase();
    if (!['', '0', '1', 'true', 'false'].includes(text)) {
      this.report(column, `${column} "${text}" is neither 0 nor 1.`);
    }
    return text === '1' || text === 'true';
  }

  private idOrNone(column: string): string {
    const value = this.valueOf(column);
    const id = cleanId(this.text(column));
    if (SHORTENED.test(id) || (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER)) {
      this.report(
        column,
        `${column} "${id}" is a number whose last digits were lost; export the column as text (in a spreadsheet: format it ` +
          'as text before the numbers come in).',
      );
    }
    return id;
  }

  private degrees(column: string, limit: number): number {
    return this.number(column, -limit, limit, `write WGS 84 degrees from -${limit} to ${limit}`);
  }

  private number(column: string, least: number, greatest: number, advice: string): number {
    const text = cleanId(this.text(column));
    const plain = COMMA_NUMBER.test(text) ? text.replace(',', '.') : text;
    const value = NUMBER.test(plain) ? Number(plain) : NaN;
    // No degrees have thousands.
    if (greatest > 1000 && PERHAPS_THOUSANDS.test(text)) {
      const other = text.replace(',', '');
      this.report(
        column,
        `${column} "${text}" can be read as ${plain} or as ${other}; write a point before the fraction.`,
      );
    } else if (!Number.isFinite(value)) this.report(column, `${column} "${text}" is not a number; ${advice}.`);
    else if (value < least || value > greatest) this.report(column, `${column} ${text} is out of range; ${advice}.`);
    return value;
  }
}
