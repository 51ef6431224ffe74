import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import type { FastifyInstance, FastifySchemaValidationError } from 'fastify';
import { parseTime } from '../operators/model/time.js';
import { GatewayError } from './errors.js';

const options = { removeAdditional: false, useDefaults: true, allErrors: false, strict: false, verbose: true } as const;

const bodies = formats.default(new Ajv(options));
// Times are written in more ways than one.
bodies.addFormat('date-time', (text) => parseTime(text) !== null);
/** Formats are there to be read: the route says in its own words what is no id, no time. */
const addresses = new Ajv({ ...options, coerceTypes: true, validateFormats: false });

/**
 * Makes the app check requests by their schemas. A body is checked as it is; what stands in an address is text, and is
 * read as the number it should be.
 */
export function checkBySchema(app: FastifyInstance): void {
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? bodies : addresses).compile(schema as object),
  );
  // Schemas of answers are for the documentation: what is sent is made here and needs no second look.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setSchemaErrorFormatter((errors, part) => new GatewayError('OMS_BAD_REQUEST', [sentenceOf(errors[0]!, part)]));
  app.addHook('preValidation', async ({ params, query }) => {
    for (const texts of [params, query]) {
      for (const [name, text] of Object.entries((texts ?? {}) as object)) refuseNul(name, text);
    }
  });
}

/** A check of bodies that are read elsewhere: it returns what is wrong with one, in a sentence; null: nothing. */
export function bodyCheck(schema: object): (body: unknown) => string | null {
  const check = bodies.compile(schema);
  return (body) => (check(body) ? null : sentenceOf(check.errors![0] as FastifySchemaValidationError, 'body'));
}

/** Refuses a text that PostgreSQL cannot hold; returns any other value. */
export function refuseNul(name: string, value: unknown): unknown {
  if (name.includes('\0') || (typeof value === 'string' && value.includes('\0'))) {
    throw new GatewayError('OMS_BAD_REQUEST', [
      `${name.replaceAll('\0', '') || 'A text'} holds the character U+0000, which no text may.`,
    ]);
  }
  return value;
}

function sentenceOf(error: FastifySchemaValidationError, part: string): string {
  const { keyword, instancePath, message, params } = error;
  const path = instancePath.slice(1).replaceAll('/', '.');
  if (keyword === 'required') {
    return `${[path, String(params.missingProperty)].filter(Boolean).join('.')} is missing.`;
  }
  const subject = path || `The ${part}`;
  if (keyword === 'enum') return `${subject} is none of ${(params.allowedValues as unknown[]).join(', ')}.`;
  if (keyword === 'format' && params.format === 'date-time') return `${subject} is not a time: expected ISO 8601.`;
  if (keyword === 'pattern') return `${subject} is wrong: expected ${describedBy(error)}.`;
  return `${subject} ${message ?? 'is wrong'}.`;
}

/** Ajv's verbose errors carry the schema; a pattern's description says it in words. */
function describedBy(error: FastifySchemaValidationError): string {
  const { parentSchema } = error as { parentSchema?: { description?: string } };
  return parentSchema?.description ?? String(error.params.pattern);
}
