import { expect, it } from 'vitest';
import { failureOf, type DatabaseFailure } from './failures.js';

/** As pg throws what PostgreSQL says, or Node what the system says. */
const failed = (code?: string, message = 'failed'): Error => Object.assign(new Error(message), code && { code });

it.each<[DatabaseFailure, readonly string[]]>([
  ['data', ['22007', '22P02', '23505', '23514', '54000']],
  ['noTable', ['42P01', '3F000']],
  ['noColumn', ['42703']],
  ['noFunction', ['42883']],
  ['noRight', ['42501']],
  ['refused', ['28P01', '28000', '3D000']],
  ['full', ['53100', '53200', '53300']],
  ['away', ['57P01', '57P03', '08006', 'ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN']],
  ['nothingFound', ['P0002']],
  ['notYet', ['55000']],
  ['other', ['40001', '42601', 'EACCES', 'OMS_BAD_CELL']],
])('%s is told by %j', (failure, codes) => {
  expect(codes.map((code) => failureOf(failed(code)))).toEqual(codes.map(() => failure));
});

it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])(
  'a server that is away is told by the words "%s" of the client',
  (words) => {
    expect(failureOf(failed(undefined, words))).toBe('away');
  },
);

it('an error of Kafka that speaks of a connection is none of the database', () => {
  expect(failureOf(failed('OMS_KAFKA_AWAY', 'no connection'))).toBe('other');
  expect(failureOf(Object.assign(new Error('Connection error'), { name: 'KafkaJSConnectionError' }))).toBe('other');
});
