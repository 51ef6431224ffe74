import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { VARIABLES } from './connections/environment.js';
import { codeOf, ERRORS, exitCodeOf, OmsError, sentenceOf, type ErrorKind } from './connections/errors.js';
import { EventTally } from './connections/telemetry/event-tally.js';
import { OPERATOR_ERRORS } from './operators/model/errors.js';
import { Refusal } from './operators/normalise/fields.js';
import { healthApp } from './pipeline/health.js';
import { RetentionGap } from './streams/broker.js';
import { STREAM_ERRORS } from './streams/errors.js';

/** Every error that the product throws has a code, and is known by it: docs/errors.md lists them. */

const ROOMS = ['operators', 'streams', 'connections', 'pipeline', 'gateway', 'cli', 'simulator', 'sql'];

/** The page is not looked at: it runs in a browser, and says what the gateway answers. */
const files = ROOMS.flatMap((room) =>
  readdirSync(room, { recursive: true, encoding: 'utf8' }).map((f) => join(room, f)),
)
  .filter((file) => file.endsWith('.ts') && !/\.(test|fixture|d)\.ts$/.test(file) && !file.startsWith('gateway/web/'))
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }));

/** What librdkafka says is no Error: it is made one here, and keeps the number that librdkafka gave it. */
const OF_LIBRDKAFKA = 'streams/kafka/client.ts: new Error(';

it('nothing is thrown without a code', () => {
  expect(files.length).toBeGreaterThan(200);
  const bare = files.flatMap(({ file, text }) =>
    [...text.matchAll(/\bnew (?:\w*[a-z])?Error\(/g)]
      .filter(([made]) => !/new (Oms|Operator|Stream|Topology|Gateway|InvalidArgument)Error/.test(made))
      .map(([made]) => `${file}: ${made}`),
  );
  expect(bare).toEqual([OF_LIBRDKAFKA]);
});

it('every kind of error is one of those that have a code', () => {
  const kinds = files.flatMap(({ file, text }) =>
    [...text.matchAll(/\bclass (\w+) extends \w*Error\b/g)].map(([declared]) => `${file}: ${declared}`),
  );
  expect(kinds.filter((kind) => / extends Error$/.test(kind))).toEqual([
    'operators/model/errors.ts: class OperatorError extends Error',
    'streams/errors.ts: class StreamError extends Error',
    'connections/errors.ts: class OmsError extends Error',
  ]);
  expect(kinds.filter((kind) => !/ extends (Oms|Operator|Stream)?Error$/.test(kind))).toEqual([]);
});

it('every code is used', () => {
  const product = files.map(({ text }) => text).join('\n');
  expect(Object.keys(ERRORS).filter((code) => !product.includes(`'${code}'`))).toEqual([]);
});

it('no two codes are the same, and none is the name of a variable', () => {
  const lists = ['connections/errors.ts', 'connections/http-errors.ts'];
  const written = files
    .filter(({ file }) => lists.includes(file))
    .flatMap(({ text }) => [...text.matchAll(/^ {2}(OMS_\w+): /gm)].map(([, code]) => code!));
  expect(written.toSorted()).toEqual(Object.keys(ERRORS).toSorted());
  const variables: string[] = Object.values(VARIABLES).map(({ name }) => name);
  expect(written.filter((code) => variables.includes(code))).toEqual([]);
});

it('what operators and the library throw is in the one list, as they say it', () => {
  for (const [code, when] of Object.entries({ ...OPERATOR_ERRORS, ...STREAM_ERRORS }))
    expect((ERRORS as Readonly<Record<string, ErrorKind>>)[code], code).toMatchObject({ when });
});

it('what is said of each is sentences', () => {
  const unlike = Object.entries<ErrorKind>(ERRORS).filter(
    ([, { when, remedy }]) => !/^[A-Z"/].*\.$/.test(when) || !/^[A-Z"/].*\.$/.test(remedy),
  );
  expect(unlike).toEqual([]);
});

it.each([
  ['an error of ours', new OmsError('OMS_NO_KAFKA', 'No Kafka is known.'), 'OMS_NO_KAFKA', 1],
  ['wrong use', new OmsError('OMS_WRONG_USE', 'Name a file.'), 'OMS_WRONG_USE', 2],
  ['a refusal', new Refusal('badId', 'assetId is empty.'), 'OMS_EVENT_REFUSED', 1],
  ['one that came out of a thread', structuredCloneOf(new OmsError('OMS_BAD_NETWORK', 'wrong')), 'OMS_BAD_NETWORK', 1],
  ['one of librdkafka', Object.assign(new Error('Broker: timed out'), { code: 7 }), 'OMS_KAFKA_FAILED', 1],
  ['one of KafkaJS', Object.assign(new Error('no'), { name: 'KafkaJSProtocolError' }), 'OMS_KAFKA_FAILED', 1],
  ['one of PostgreSQL', Object.assign(new Error('no'), { code: '42601', severity: 'ERROR' }), 'OMS_DATABASE_FAILED', 1],
  ['a bug', new TypeError('x is undefined'), 'OMS_INTERNAL', 1],
  ['what is no error at all', 'no', 'OMS_INTERNAL', 1],
])('the code of %s says how a command ends', (_, thrown, code, exitCode) => {
  expect([codeOf(thrown), exitCodeOf(codeOf(thrown))]).toEqual([code, exitCode]);
});

/** A thread's error keeps its fields, and not its class. */
function structuredCloneOf(error: OmsError): Error {
  return Object.assign(new Error(error.message), { code: error.code });
}

it('the library says what is, and the product what to do', () => {
  const gap = new RetentionGap('letters', 0, 3, 1);
  expect(gap.message).toBe('letters/0 begins at offset 3, but offset 1 is needed: its retention cut too early.');
  expect(sentenceOf(gap)).toMatch(/too early\. Start once with --accept-gap .* reconcile that time\.$/);
});

it('an address that the app of the stages does not know is answered as the gateway answers one', async () => {
  const app = healthApp(new Map(), new EventTally());
  const answer = await app.inject('/nowhere?x=1');
  expect([answer.statusCode, answer.json()]).toEqual([
    404,
    { code: 'OMS_NO_ROUTE', message: 'There is no GET /nowhere.' },
  ]);
  await app.close();
});
