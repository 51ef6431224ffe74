import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { parse, YAMLError } from 'yaml';
import { SOURCES } from '../../../operators/model/source.js';
import { parseTimeZone, TIME_ZONE_EXPECTED, type TimeZone } from '../../../operators/model/time-zone.js';
import { isFields } from '../../../operators/normalise/fields.js';
import { readTimeForm } from './time-form.js';
import { WrongInput } from './wrong-input.js';

/** What of an event a column may hold: the canonical fields, and the customer who reports. */
export const FIELD_NAMES = [
  'source',
  'kind',
  'type',
  'sourceEventId',
  'assetId',
  'customerId',
  'occurredAt',
  'receivedAt',
  'lat',
  'lon',
  'substationId',
  'feederId',
  'dpId',
  'reach',
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];

/** Forms of times that are no pattern. */
export const TIME_FORMATS = ['iso', 'epochMs', 'epochSeconds'] as const;

const FieldSchema = Type.Object(
  {
    column: Type.Optional(Type.String({ minLength: 1 })),
    constant: Type.Optional(Type.Union([Type.String({ minLength: 1 }), Type.Number()])),
    values: Type.Optional(Type.Record(Type.String(), Type.String())),
    format: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);

const MappingSchema = Type.Object(
  {
    timeZone: Type.Optional(Type.String({ minLength: 1 })),
    zone: Type.Optional(Type.String({ minLength: 1 })),
    delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
    body: Type.Optional(Type.String({ minLength: 1 })),
    fields: Type.Optional(
      Type.Object(Object.fromEntries(FIELD_NAMES.map((name) => [name, Type.Optional(FieldSchema)])), {
        additionalProperties: false,
      }),
    ),
  },
  { additionalProperties: false },
);

/** Where the value of a field comes from: a column (through a table of values, if there is one), or always the same. */
export type MappedField = Static<typeof FieldSchema>;

/** How the rows of a table or file become events. */
export interface Mapping {
  /** The mapping's file, for sentences. */
  readonly where: string;
  /** Offset of times without a zone, minutes east of UTC; null: as everywhere else, or as `zone` says. */
  readonly naiveOffsetMin: number | null;
  /** The zone of times without one, where its offset is not always the same. */
  readonly zone?: TimeZone;
  /** What stands between the cells of a CSV file; where it is a comma, its header may show another. */
  readonly delimiter: string;
  /** The column that holds the event as its source sent it; null: the fields are columns of their own. */
  readonly body: string | null;
  readonly fields: Readonly<Partial<Record<FieldName, MappedField>>>;
}

/**
 * Reads a mapping and checks all of it.
 * @param text YAML
 * @param where the file's name, for sentences
 * @throws {WrongInput} one sentence that names the file, the field and what would be right
 */
export function readMapping(text: string, where: string): Mapping {
  const given = withColumns(parsed(text, where));
  const errors = Value.Errors(MappingSchema, given);
  // An unknown name is an error of its own value first, which says less.
  const error = errors.find(({ keyword }) => keyword === 'additionalProperties') ?? errors[0];
  if (error) throw new WrongInput(sentenceOf(error, where));
  const { timeZone, zone, delimiter = ',', body = null, fields = {} } = given as Static<typeof MappingSchema>;
  if (timeZone !== undefined && zone !== undefined)
    throw new WrongInput(`${where}: timeZone and zone are the same: leave out one.`);
  const mapping: Mapping = {
    where,
    ...zoneOf(timeZone ?? zone, where),
    delimiter,
    body,
    fields,
  };
  checkFields(mapping);
  return mapping;
}

/** The columns that a mapping reads, each with the field that it is for. */
export function columnsOf({ body, fields }: Mapping): Map<string, string> {
  const columns = new Map<string, string>();
  if (body !== null) columns.set(body, 'body');
  for (const [name, field] of Object.entries(fields)) {
    if (field.column !== undefined && !columns.has(field.column)) columns.set(field.column, `fields.${name}`);
  }
  return columns;
}

/** The sentence for a column that a mapping names and the data does not have. */
export function missingColumn(mapping: Mapping, column: string, data: string, has: readonly string[] | null): string {
  const there = has === null ? `no row of ${data} has it` : `${data} has ${has.join(', ')}`;
  return `${mapping.where}: ${columnsOf(mapping).get(column)} names the column "${column}", but ${there}.`;
}

function parsed(text: string, where: string): Record<string, unknown> {
  let given: unknown;
  try {
    given = parse(text);
  } catch (error) {
    if (!(error instanceof YAMLError)) throw error;
    throw new WrongInput(`${where} is not YAML: ${error.message.split('\n')[0]!.replace(/:$/, '')}.`);
  }
  if (!isFields(given)) throw new WrongInput(`${where} is no mapping: it needs "fields:", or "body:".`);
  return given;
}

/** `assetId: METER` is short for `assetId: {column: METER}`. */
function withColumns(given: Record<string, unknown>): Record<string, unknown> {
  if (!isFields(given.fields)) return given;
  const fields = Object.entries(given.fields).map(([name, field]) => [
    name,
    typeof field === 'string' ? { column: field } : field,
  ]);
  return { ...given, fields: Object.fromEntries(fields) as Record<string, unknown> };
}

function zoneOf(name: string | undefined, where: string): Pick<Mapping, 'naiveOffsetMin' | 'zone'> {
  if (name === undefined) return { naiveOffsetMin: null };
  let zone: TimeZone;
  try {
    zone = parseTimeZone(name);
  } catch {
    throw new WrongInput(`${where}: timeZone ${JSON.stringify(name)} is no time zone: expected ${TIME_ZONE_EXPECTED}.`);
  }
  return zone.offsetMin === null ? { naiveOffsetMin: null, zone } : { naiveOffsetMin: zone.offsetMin };
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

function sentenceOf({ keyword, instancePath, message, params }: SchemaError, where: string): string {
  const path = instancePath.slice(1).replaceAll('/', '.');
  if (keyword === 'additionalProperties') {
    const [name] = (params as { additionalProperties: string[] }).additionalProperties;
    if (path === 'fields') return `${where}: there is no field "${name}": there are ${FIELD_NAMES.join(', ')}.`;
    const known = path === '' ? 'timeZone, delimiter, body, fields' : 'column, constant, values, format';
    return `${where}: "${path === '' ? name : `${path}.${name}`}" is unknown: expected ${known}.`;
  }
  if (path === 'timeZone' || path === 'zone')
    return `${where}: ${path} must be Z or an offset in quotes, such as "+03:00", or a zone such as Asia/Amman.`;
  if (keyword === 'type' && /^fields\.[^.]+$/.test(path))
    return `${where}: ${path} must be the name of a column, {column: ...} or {constant: ...}.`;
  return `${where}: ${path || 'the mapping'} ${message}.`;
}

function isTimeFormat(format: string): boolean {
  return TIME_FORMATS.some((known) => known === format) || readTimeForm(format) !== null;
}

function checkFields(mapping: Mapping): void {
  const { where, body, fields } = mapping;
  const wrong = (sentence: string): WrongInput => new WrongInput(`${where}: ${sentence}`);
  for (const [name, field] of Object.entries(fields)) {
    if ((field.column === undefined) === (field.constant === undefined))
      throw wrong(`fields.${name} needs either a column or a constant.`);
    if (field.values !== undefined && field.column === undefined)
      throw wrong(`fields.${name} has a table of values, so it needs a column.`);
    if (field.format === undefined) continue;
    if (name !== 'occurredAt' && name !== 'receivedAt') throw wrong(`fields.${name} is no time: leave out its format.`);
    if (!isTimeFormat(field.format))
      throw wrong(
        `fields.${name}.format must be iso, epochMs or epochSeconds, or a form such as "MM/DD/YYYY hh:mm:ss a".`,
      );
  }
  const source = fields.source?.constant;
  if (source !== undefined && !SOURCES.some((known) => known === source))
    throw wrong(`fields.source "${source}" is unknown: expected ${SOURCES.join(', ')}.`);
  if (body !== null) {
    const beside = Object.keys(fields).find((name) => name !== 'receivedAt' && name !== 'source');
    if (beside !== undefined)
      throw wrong(`body holds the whole event, so only receivedAt and source may stand beside it, not ${beside}.`);
    return;
  }
  for (const name of ['occurredAt', 'kind'] as const) {
    if (!fields[name]) throw wrong(`fields.${name} is missing: no event is without it.`);
  }
}
