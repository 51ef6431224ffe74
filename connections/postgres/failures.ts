/**
 * What failures of the database mean, sorted in one place for all who must tell them apart. PostgreSQL says it by an SQL
 * state, whose first two characters are its class; the system and the client by a code or a sentence of their own.
 */
const FAILURES = [
  // What it says of rows: data exception, constraint violation, limit exceeded (a text too long for an index).
  ['data', /^(22|23|54)/],
  // Schema and table, column, function: the schema is not there, or not that of this version.
  ['noTable', /^(3F|42P01)/],
  ['noColumn', /^42703/],
  ['noFunction', /^42883/],
  ['noRight', /^42501/],
  // No such database, user or password.
  ['refused', /^(28|3D)/],
  // Disk, memory or connections are used up.
  ['full', /^53/],
  // The connection broke, or the server starts or stops.
  ['away', /^(08|57P)/],
  // What our own functions raise.
  ['nothingFound', /^P0002/],
  ['notYet', /^55000/],
] as const;

/** `other`: nothing that anybody must tell apart. */
export type DatabaseFailure = (typeof FAILURES)[number][0] | 'other';

/** What the system says of a server that cannot be reached. */
const SYSTEM: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);
/** What the client says of it, in words alone. */
const CLIENT = /connection|timeout exceeded|Client has encountered/i;

/** What a failure of the database means. */
export function failureOf(error: unknown): DatabaseFailure {
  const { code, name, message } = error as Error & { code?: unknown };
  if (typeof code !== 'string') return name === 'Error' && CLIENT.test(message) ? 'away' : 'other';
  if (SYSTEM.has(code)) return 'away';
  return FAILURES.find(([, states]) => states.test(code))?.[0] ?? 'other';
}
