import { unreadable } from '../../operators/model/errors.js';
import {
  between,
  checkFields,
  fieldOf,
  listOf,
  nullable,
  objectOf,
  OBJECT,
  optional,
  TEXT,
} from '../../operators/model/record-shape.js';

/** A fault that really was: a line of `oms storm --truth`. */
export interface TrueFault {
  readonly deviceId: string;
  /** Its outage reports, as `source/sourceEventId`. */
  readonly reports: readonly string[];
}

/** A fault that a diagnosis says there was: a line of `oms diagnose`. */
export interface SaidFault {
  /** Null: it names none. */
  readonly device: string | null;
  /** Devices that the reports cannot tell from it. */
  readonly equivalent: readonly string[];
  /** That it was this device, 0 to 1. */
  readonly confidence: number;
  /** The reports that belong to it, as `source/sourceEventId`. */
  readonly members: readonly string[];
}

/** What a file holds, and what of it is none: nothing of it vanishes. */
export interface FaultsFile<F> {
  readonly faults: readonly F[];
  readonly refused: readonly RefusedLine[];
}

/** A line that cannot be read, or contradicts one before it. */
export interface RefusedLine {
  /** From 1. */
  readonly line: number;
  readonly reason: string;
}

const REPORT = objectOf({ source: TEXT, sourceEventId: TEXT }, 'an object with source and sourceEventId');
const TRUE_FAULT = { deviceId: TEXT, reports: listOf(REPORT) };
const SAID_FAULT = {
  device: nullable(TEXT),
  equivalent: optional(listOf(TEXT)),
  confidence: between(0, 1),
  members: listOf(REPORT),
};

/** What stands in a truth besides faults: what is said and is not so. */
const UNTRUTHS = ['falseTrip', 'clock', 'wrongRow'] as const;

/** Reads a truth. What is said and is not so is passed over: those reports belong to no fault. */
export function readTruth(text: string): FaultsFile<TrueFault> {
  const owners = new Owners();
  return readLines(text, (value) => {
    if (OBJECT.is(value) && UNTRUTHS.some((name) => fieldOf(value, name) !== undefined)) return null;
    checkFields('It', value, TRUE_FAULT);
    const { deviceId } = value;
    return { deviceId, reports: owners.namesOf(value.reports) };
  });
}

/** Reads what a diagnosis says. A fault that has become part of another is passed over: its members stand there. */
export function readSaidFaults(text: string): FaultsFile<SaidFault> {
  const owners = new Owners();
  return readLines(text, (value) => {
    if (OBJECT.is(value) && fieldOf(value, 'status') === 'superseded') return null;
    checkFields('It', value, SAID_FAULT);
    const { device, equivalent = [], confidence } = value;
    return { device, equivalent, confidence, members: owners.namesOf(value.members) };
  });
}

/** Sees to it that each report belongs to one fault. */
class Owners {
  readonly #names = new Set<string>();

  /**
   * The names of a fault's reports, each once.
   * @throws {OperatorError} if another fault has one of them
   */
  namesOf(reports: readonly { readonly source: string; readonly sourceEventId: string }[]): string[] {
    const names = new Set(reports.map(({ source, sourceEventId }) => `${source}/${sourceEventId}`));
    for (const name of names) {
      if (this.#names.has(name)) throw unreadable(`It has ${name}, which belongs to a fault above it already.`);
    }
    for (const name of names) this.#names.add(name);
    return [...names];
  }
}

/** @param read null: nothing to score */
function readLines<F>(text: string, read: (value: unknown) => F | null): FaultsFile<F> {
  const faults: F[] = [];
  const refused: RefusedLine[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      const fault = read(parsed(line));
      if (fault) faults.push(fault);
    } catch (error) {
      refused.push({ line: index + 1, reason: (error as Error).message });
    }
  }
  return { faults, refused };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw unreadable(`It is not JSON (${(error as Error).message}).`, { cause: error });
  }
}
