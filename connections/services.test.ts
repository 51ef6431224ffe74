import { expect, it } from 'vitest';
import { readEnvironment } from './environment.js';
import { OmsError } from './errors.js';
import { inDatabaseWords } from './services.js';

const environment = readEnvironment({ DATABASE_URL: 'postgres://oms@db.example:5432/oms' });
const failing = (error: Error): Promise<never> => inDatabaseWords(environment, () => Promise.reject(error));

it.each([
  ['42P01', 'OMS_NO_SCHEMA', /run "oms migrate"/],
  ['42703', 'OMS_NO_SCHEMA', /run "oms migrate"/],
  ['42883', 'OMS_NO_SCHEMA', /run "oms migrate"/],
  ['28P01', 'OMS_DATABASE_REFUSES', /refuses the connection: as it said\./],
  ['53100', 'OMS_DATABASE_FULL', /has no room: as it said\./],
  ['57P01', 'OMS_DATABASE_AWAY', /at db\.example:5432 does not answer \(57P01\): is it running\?/],
  ['ECONNRESET', 'OMS_DATABASE_AWAY', /at db\.example:5432 does not answer \(ECONNRESET\)/],
])('what the database says by %s is said in a sentence of ours with the code %s', async (state, code, sentence) => {
  const cause = Object.assign(new Error('as it said'), { code: state });
  const told: unknown = await failing(cause).catch((error: unknown) => error);
  expect(told).toMatchObject({ code, cause, message: expect.stringMatching(sentence) as string });
});

it.each([
  ['of the row', Object.assign(new Error('duplicate key'), { code: '23505' })],
  ['of ours', new OmsError('OMS_RUN_HELD', 'Another process is at the run, by another connection.')],
  ['of a bug', new TypeError('connection is undefined')],
])('an error %s is passed on as it is', async (_, error) => {
  await expect(failing(error)).rejects.toBe(error);
});
