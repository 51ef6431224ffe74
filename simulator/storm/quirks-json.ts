import type { Kind } from '../../operators/model/event.js';
import type { Source } from '../../operators/model/source.js';
import type { Random } from '../random.js';
import type { CanonicalEvent } from './canonical-event.js';
import { bigNumberOf, encoded, inOtherDigits, oddJsonTime, padded, type Encoding } from './quirks-texts.js';
import { jsonFields, type JsonFields } from './shapes.js';

/** What may be odd about the fields of an event. What has nothing of the kind comes back as it was. */
type Quirk = (fields: JsonFields, event: CanonicalEvent, random: Random) => JsonFields;

const EVENT_IDS = new Set(['eventId', 'event_id', 'ticketId']);
const DEGREES = new Set(['lat', 'lng']);
const IDS = new Set([...EVENT_IDS, 'substationId', 'feederId', 'deviceId', 'onuId', 'meterNumber', 'mrid']);

/** The fields with those of some names changed, however deep they stand. */
function changed(fields: JsonFields, of: ReadonlySet<string>, change: (value: unknown) => unknown): JsonFields {
  const inner = (name: string, value: unknown): unknown => {
    if (of.has(name)) return change(value);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? changed({ ...value }, of, change)
      : value;
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, inner(name, value)]));
}

/** Changes what is a text still: another quirk may have made a number of it. */
const ofTexts =
  (change: (text: string) => unknown) =>
  (value: unknown): unknown =>
    typeof value === 'string' ? change(value) : value;

/** Where a body says which coordinates it has. */
const PLACES: ReadonlyMap<Source, string> = new Map([
  ['scada', 'coordinates'],
  ['onu', 'location'],
  ['kaifa', 'location'],
  ['call_center', 'location'],
]);

/** Coordinates that are none. */
const NOWHERE = [null, '', {}, { lat: null, lng: null }, { lat: '', lng: '' }, { lat: 0, lng: 0 }, { lat: 31.95 }];

/** Coordinates that are none, where the event has none. */
const emptyPlace: Quirk = (fields, { source, lat }, random) => {
  const name = PLACES.get(source);
  if (lat !== undefined || name === undefined) return fields;
  const nowhere = random.pick(NOWHERE);
  if (source !== 'call_center') return { ...fields, [name]: nowhere };
  return changed(fields, new Set(['customer']), (customer) => ({ ...Object(customer), [name]: nowhere }));
};

/** By source, what may be empty where it need not be there. */
const EMPTY: ReadonlyMap<Source, readonly JsonFields[]> = new Map<Source, readonly JsonFields[]>([
  ['scada', [{ reason: null }, { reason: '', severity: '' }]],
  ['kaifa', [{ usage_point: null }, { usage_point: { mrid: '' } }, { usage_point: {} }]],
  ['onu', [{ associatedMeters: null }, { associatedMeters: [] }, { alarmData: null, nmsType: '' }]],
  ['call_center', [{ notes: null }, { notes: '' }]],
]);

/** Fields of the sender's own, whose names an envelope or a canonical event has too. */
const OWN: readonly JsonFields[] = [
  { kind: 'alarm' },
  { event: 'dying-gasp' },
  { event: { code: 17 } },
  { request: { id: 9 } },
  { topic: 'alarms/power' },
];

type Words = Readonly<Record<Kind, readonly JsonFields[]>>;

/** By source, other words for what happened. */
const WORDS: ReadonlyMap<Source, Words> = new Map<Source, Words>([
  [
    'scada',
    {
      outage: [{ eventType: 'MV_AlarmLossOfVoltage' }, { alarmType: 'Alarm' }],
      restoration: [{ eventType: 'MV_AlarmRestoration' }, { alarmType: 'Alarm' }],
    },
  ],
  [
    'kaifa',
    {
      outage: ['3.26.0.47', '0.26.38.47', 'last_gasp', 'Power Failure Activated', 'Outage'].map(message),
      restoration: ['3.26.136.216', '0.26.38.49', 'Power Up', 'Power Failure Cleared', 'outage ended'].map(message),
    },
  ],
  [
    'onu',
    {
      outage: [{ type: 'ONU_LastGaspAlert' }],
      restoration: [{ type: 'ONU_LastGaspAlert_Cleared' }, { type: 'ONU_LastGaspAlert reset' }],
    },
  ],
]);

function message(message_type: string): JsonFields {
  return { message_type };
}

/** The field that says what happened, by source. */
const WORD_FIELDS: ReadonlyMap<Source, string> = new Map([
  ['scada', 'alarmType'],
  ['kaifa', 'message_type'],
  ['onu', 'type'],
]);

const QUIRKS: ReadonlyMap<string, Quirk> = new Map<string, Quirk>([
  [
    'ids with blanks around',
    (fields, _, random) =>
      changed(
        fields,
        IDS,
        ofTexts((id) => padded(id, random)),
      ),
  ],
  [
    'digits of another script',
    (fields, _, random) =>
      changed(
        fields,
        IDS,
        ofTexts((id) => inOtherDigits(id, random)),
      ),
  ],
  ['numbers of 18 digits', (fields, { sourceEventId: id }) => changed(fields, EVENT_IDS, () => bigNumberOf(id))],
  [
    'another form of time',
    (fields, { occurredAt }, random) => changed(fields, new Set(['timestamp']), () => oddJsonTime(occurredAt, random)),
  ],
  ['texts as coordinates', (fields) => changed(fields, DEGREES, (at) => (typeof at === 'number' ? String(at) : at))],
  ['coordinates that are none', emptyPlace],
  ['empty fields', (fields, { source }, random) => ({ ...fields, ...picked(EMPTY.get(source), random) })],
  ['fields of its own', (fields, _, random) => ({ ...random.pick(OWN), ...fields })],
  ['other words', (fields, { source, kind }, random) => ({ ...fields, ...picked(WORDS.get(source)?.[kind], random) })],
  [
    'other letters',
    (fields, { source }, random) =>
      changed(
        fields,
        new Set([WORD_FIELDS.get(source) ?? '']),
        ofTexts((word) => inOtherLetters(word, random)),
      ),
  ],
]);

function inOtherLetters(word: string, random: Random): string {
  return random.chance(0.5) ? word.toUpperCase() : word.toLowerCase();
}

function picked(list: readonly JsonFields[] | undefined, random: Random): JsonFields {
  return list ? random.pick(list) : {};
}

/** How the fields become a text: some write a list of one, some for people, some ASCII alone. */
const LAYOUTS: readonly ((fields: JsonFields) => string)[] = [
  textOf,
  (fields) => `[${textOf(fields)}]`,
  (fields) => `\r\n${textOf(fields, 2).replaceAll('\n', '\r\n')}\r\n`,
  (fields) =>
    textOf(fields).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
];

/** JSON with whole numbers that no double holds. */
function textOf(fields: JsonFields, indent = 0): string {
  const marked = JSON.stringify(
    fields,
    (_, value: unknown) => (typeof value === 'bigint' ? `#${value}#` : value),
    indent,
  );
  return marked.replace(/"#(\d+)#"/g, '$1');
}

/** JSON comes in the encodings of Unicode alone. */
const ENCODINGS_OF_JSON = ['utf-8', 'utf-8 with a mark', 'utf-16le', 'utf-16be'] as const satisfies readonly Encoding[];

/** A body, and what is odd about it. */
export interface OddBody {
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly quirks: readonly string[];
}

/** The names of what may be odd about a body in JSON. */
export const JSON_QUIRKS: readonly string[] = [...QUIRKS.keys(), ...ENCODINGS_OF_JSON.slice(1)];

/** An event in JSON in the words of its source, with one to three things odd about it; it means the same. */
export function oddJson(event: CanonicalEvent, random: Random): OddBody {
  let fields = jsonFields(event);
  const quirks = new Set<string>();
  const all = [...QUIRKS];
  for (let left = random.integer(1, 3); left > 0; left--) {
    const [name, quirk] = random.pick(all);
    const odd = quirk(fields, event, random);
    if (textOf(odd) !== textOf(fields)) quirks.add(name);
    fields = odd;
  }
  const encoding: Encoding = random.chance(0.3) ? random.pick(ENCODINGS_OF_JSON) : 'utf-8';
  if (encoding !== 'utf-8') quirks.add(encoding);
  return {
    contentType: encoding.startsWith('utf-16') ? 'application/json; charset=utf-16' : 'application/json',
    body: encoded(random.pick(LAYOUTS)(fields), encoding),
    quirks: [...quirks],
  };
}
