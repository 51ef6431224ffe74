import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import type { FastifyInstance, FastifySchemaValidationError } from 'fastify';

const options = { removeAdditional: false, useDefaults: true, allErrors: false, strict: false, verbose: true } as const;

/**
 * Makes the app check requests by their schemas. A body is checked as it is; what stands in an address is text, and is
 * read as the number it should be.
 */
export function checkBySchema(app: FastifyInstance): void {
  const bodies = formats.default(new Ajv(options));
  const addresses = formats.default(new Ajv({ ...options, coerceTypes: true }));
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? bodies : addresses).compile(schema as object),
  );
  // Schemas of answers are for the documentation: what is sent is made here and needs no second look.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setSchemaErrorFormatter((errors, part) => new Error(sentenceOf(errors[0]!, part)));
}

function sentenceOf(error: FastifySchemaValidationError, part: string): string {
  const { keyword, instancePath, message, params } = error;
  const path = instancePath.slice(1).replaceAll('/', '.');
  if (keyword === 'required') {
    return `${[path, String(params.missingProperty)].filter(Boolean).join('.')} is missing.`;
  }
  const subject = path || `The ${part}`;
  if (keyword === 'enum') return `${subject} is none of ${(params.allowedValues as unknown[]).join(', ')}.`;
  if (keyword === 'pattern') return `${subject} is wrong: expected ${describedBy(error)}.`;
  return `${subject} ${message ?? 'is wrong'}.`;
}

/** Ajv's verbose errors carry the schema; a pattern's description says it in words. */
function describedBy(error: FastifySchemaValidationError): string {
  const { parentSchema } = error as { parentSchema?: { description?: string } };
  return parentSchema?.description ?? String(error.params.pattern);
}
