import { canonicalEvent } from '../model/canonical-event.js';
import { parseExactJson } from '../model/exact-json.js';
import { keyText, type Reach, type ReportedEvent } from '../model/event.js';
import type { ReportRejection } from '../model/rejections.js';
import { SOURCES, type Source } from '../model/source.js';
import type { Registry } from '../network/registry.js';
import { isCanonical, readCanonical } from '../normalise/canonical.js';
import { isFields, Refusal, type Reading } from '../normalise/fields.js';
import { normalise, type Report } from '../normalise/normalise.js';
import { place, type Unplaced } from './place.js';

/** What a body would become, without taking it in: what integrators look at before they send anything. */

/** In whose words a body is: those of a source, or ours. */
export const WORDINGS: readonly Wording[] = [...SOURCES, 'canonical'];
export type Wording = Source | 'canonical';

/** Where an event would stand on the log. Coordinates are WGS 84 degrees. */
interface TrialPlace {
  /** `SUBSTATION/FEEDER`. */
  readonly key: string;
  readonly lat: number;
  readonly lon: number;
  readonly reach: Reach;
  readonly flags: string[];
}

interface Understood {
  /** The number of the report in its body, from 0. */
  readonly index: number;
  /** In canonical form: times in ISO 8601. */
  readonly event: ReturnType<typeof canonicalEvent<ReportedEvent>>;
}

/** What one report would become. One that was understood says nothing of its place where no network is known. */
export type Trial =
  | Understood
  /** `key` is that of the first place: only a report on a whole substation has several. */
  | (Understood & { readonly key: string; readonly placed: TrialPlace[] })
  | (Understood & { readonly unplaced: Unplaced })
  | { readonly index: number; readonly refused: { readonly reason: ReportRejection; readonly detail: string } };

/**
 * The reports of a body, as the stage place would read them.
 * @param value the body as it came
 */
export function reportsIn(wording: Wording, value: Uint8Array, reading: Reading): Report[] {
  if (wording !== 'canonical') return normalise(wording, value, reading);
  // A canonical event names its own source: any topic will do.
  return normalise('kaifa', value, reading).map((report) =>
    'reason' in report ? inOurWords(report, reading) : report,
  );
}

/** A refusal that says what our form lacks, where it was held for the words of the topic. */
function inOurWords(report: Extract<Report, { reason: unknown }>, reading: Reading): Report {
  const value = valueOf(report.raw);
  if (!isFields(value) || isCanonical(value)) return report;
  try {
    readCanonical(value, reading);
    return report;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...report, reason: error.reason, detail: error.message };
  }
}

function valueOf(json: string): unknown {
  try {
    return parseExactJson(json);
  } catch {
    return null;
  }
}

/**
 * What a report would become: the event and where it is placed, or the reason.
 * @param registry null: no network is known, and nothing is said of places
 */
export function trialOf(report: Report, registry: Registry | null): Trial {
  const { index } = report;
  if (!('event' in report)) return { index, refused: { reason: report.reason, detail: report.detail } };
  const event = canonicalEvent(report.event);
  if (!registry) return { index, event };
  const placements = place(report.event, registry);
  if (!Array.isArray(placements)) return { index, event, unplaced: placements };
  const placed = placements.map(({ key, event: { lat, lon, reach, flags } }) => {
    return { key: keyText(key), lat, lon, reach, flags: [...flags] };
  });
  return { index, event, key: placed[0]!.key, placed };
}
