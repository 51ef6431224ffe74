import { parseFieldTime } from '../../../operators/model/field-time.js';
import { MAX_DATE_MS } from '../../../operators/model/record-shape.js';
import { localTimeDoubt, localTimeMs, UTC, type LocalTime, type TimeZone } from '../../../operators/model/time-zone.js';
import { quote, Refusal } from '../../../operators/normalise/fields.js';
import { readTimeForm, type TimeForm } from './time-form.js';

/** A cell that holds a time. */
export interface TimeCell {
  readonly column: string;
  readonly value: unknown;
  /** `iso`, `epochMs`, `epochSeconds`, or a form. */
  readonly format: string;
}

const EXPECTED: ReadonlyMap<string, string> = new Map([
  ['iso', 'ISO 8601'],
  ['epochMs', 'milliseconds since 1970'],
  ['epochSeconds', 'seconds since 1970'],
]);
/** Of which nobody can say which number is the day. */
const DAY_OR_MONTH = /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b/;
/** Whatever a time without a zone is taken for, it is another one here than in UTC. */
const ELSEWHERE: TimeZone = { name: '+01:00', offsetMin: 60 };

/** Reads the times of rows, by the zone and the formats of their mapping. */
export class CellTimes {
  readonly #forms = new Map<string, TimeForm | null>();

  /**
   * @param zone of times that come without one
   * @param onDoubt takes a sentence where a clock showed a time twice, or never
   */
  constructor(
    private readonly zone: TimeZone,
    private readonly onDoubt: (sentence: string) => void,
  ) {}

  /**
   * A cell as epoch ms.
   * @param nearMs what is near to it, epoch ms, for an hour that clocks show twice; null: nothing is known
   * @throws Refusal if it is no time, or could be several
   */
  read(cell: TimeCell, nearMs: number | null): number {
    const time = this.#parsed(cell, nearMs);
    if (time !== null && Math.abs(time) <= MAX_DATE_MS) return time;
    const { column, value, format } = cell;
    throw new Refusal('badTime', `${column} ${quote(value)} ${problemOf(value, format)}.`);
  }

  /** Says what is doubtful of a cell that was read as `t`. */
  tellDoubts(cell: TimeCell, nearMs: number | null, t: number): void {
    const local = this.zone.offsetMin === null ? this.#localOf(cell) : null;
    const doubt = local && localTimeDoubt(local, this.zone);
    if (doubt === null || (doubt === 'doubled' && nearMs !== null)) return;
    const [time, zone] = [new Date(t).toISOString(), this.zone.name];
    const what = `${cell.column} ${quote(cell.value)}`;
    this.onDoubt(
      doubt === 'gap'
        ? `${what} never came in ${zone}, where clocks went on: it is taken by the offset of before, as ${time}.`
        : `${what} came twice in ${zone}, where clocks went back: the first is taken, ${time}.`,
    );
  }

  #parsed({ value, format }: TimeCell, nearMs: number | null): number | null {
    if (format === 'iso') return parseFieldTime(value, this.zone, nearMs);
    if (format === 'epochMs') return Math.trunc(Number(value));
    if (format === 'epochSeconds') return Math.trunc(Number(value) * 1000);
    const local = this.#formed(value, format);
    return local && localTimeMs(local, this.zone, nearMs);
  }

  #formed(value: unknown, format: string): LocalTime | null {
    let form = this.#forms.get(format);
    if (form === undefined) this.#forms.set(format, (form = readTimeForm(format)));
    return form && typeof value === 'string' ? form(value) : null;
  }

  /** What a clock showed; null if the cell says the zone, or no clock is meant. */
  #localOf({ value, format }: TimeCell): LocalTime | null {
    if (format !== 'iso') return this.#formed(value, format);
    const shownMs = parseFieldTime(value, UTC, null);
    if (shownMs === null || shownMs === parseFieldTime(value, ELSEWHERE, null)) return null;
    const shown = new Date(shownMs);
    return {
      year: shown.getUTCFullYear(),
      month: shown.getUTCMonth() + 1,
      day: shown.getUTCDate(),
      hour: shown.getUTCHours(),
      minute: shown.getUTCMinutes(),
      second: shown.getUTCSeconds(),
      ms: shown.getUTCMilliseconds(),
    };
  }
}

function problemOf(value: unknown, format: string): string {
  if (format === 'iso' && typeof value === 'string' && DAY_OR_MONTH.test(value)) {
    return (
      'can be read in two ways: say in its format which number is the day, such as "MM/DD/YYYY hh:mm:ss a" or ' +
      '"DD/MM/YYYY HH:mm:ss"'
    );
  }
  return `is not a time: expected ${EXPECTED.get(format) ?? format}`;
}
