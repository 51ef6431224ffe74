import { v5 } from 'uuid';
import type { Source } from './source.js';
import { formatTime } from './time.js';

/** The namespace of every id that the contract derives. */
const NAMESPACE = '6d1f0a5e-6c0b-5b0e-9f1c-0d5a3e9b7a11';

/** An event by the names that its source gives: ids are numbered per box, and used again. */
export interface Named {
  readonly source: Source;
  readonly assetId: string | null;
  readonly sourceEventId: string;
}

/** An outage's id: the UUIDv5 of its key and of the event that opened it, whose time that counts is `t` (epoch ms). */
export function outageIdOf(
  { substationId, feederId }: { readonly substationId: string; readonly feederId: string },
  { source, assetId, sourceEventId }: Named,
  t: number,
): string {
  return uuidOf([substationId, feederId, source, assetId ?? '', sourceEventId, formatTime(t)]);
}

/** The id that outages with a substation-reach member in common share: the UUIDv5 of that event, whose time is `t` (epoch ms). */
export function incidentIdOf(substationId: string, { source, assetId, sourceEventId }: Named, t: number): string {
  return uuidOf([substationId, source, assetId ?? '', sourceEventId, formatTime(t)]);
}

function uuidOf(names: readonly string[]): string {
  return v5(JSON.stringify(names), NAMESPACE);
}

/** An event as a member of an outage, for sets and maps: two of one id and another time are two. */
export function memberKeyOf({ source, assetId, sourceEventId }: Named, t: number): string {
  return JSON.stringify([source, assetId, sourceEventId, t]);
}

/** A member of a fault, as its id is made of it; `t` in epoch ms. */
interface FaultAnchor {
  readonly source: string;
  readonly assetId: string | null;
  readonly sourceEventId: string;
  readonly t: number;
}

/** A fault's id: the UUIDv5 of its anchor, the member that was earliest in the log when it was first published. */
export function faultIdOf(substationId: string, feederId: string, anchor: FaultAnchor): string {
  const { source, assetId, sourceEventId, t } = anchor;
  return v5(JSON.stringify([substationId, feederId, 'fault', source, assetId, sourceEventId, t]), NAMESPACE);
}

/** The id of an event whose source gives it none: the UUIDv5 of its content, so that a copy sent twice is one event. */
export function contentIdOf(content: unknown): string {
  return v5(canonicalJson(content), NAMESPACE);
}

/** The id of a command that a policy gives: the same occasion gives the same id, so that given twice it counts once. */
export function policyCommandIdOf(occasion: string): string {
  return v5(`policy/${occasion}`, NAMESPACE);
}

/** JSON with the keys of every object sorted and no white space. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
