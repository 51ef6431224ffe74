import { v5 } from 'uuid';

/** The namespace of every id that the contract derives. */
const NAMESPACE = '6d1f0a5e-6c0b-5b0e-9f1c-0d5a3e9b7a11';

/** An outage's id: the UUIDv5 of the event that opened it, on its key. */
export function outageIdOf(substationId: string, feederId: string, source: string, sourceEventId: string): string {
  return v5(`${substationId}/${feederId}/${source}/${sourceEventId}`, NAMESPACE);
}

/** The id that outages with a substation-reach member in common share: the UUIDv5 of that event's identity. */
export function incidentIdOf(source: string, sourceEventId: string): string {
  return v5(`${source}/${sourceEventId}`, NAMESPACE);
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
