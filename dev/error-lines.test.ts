import { expect, test } from 'vitest';
import { errorIn, sentenceIn } from './error-lines.js';

test('errors in JSON lines are told by their level', () => {
  expect(errorIn('{"level":50,"msg":"no broker","err":{"message":"timed out"}}')).toBe('no broker: timed out');
  expect(errorIn('{"level":"fatal","msg":"no broker"}')).toBe('no broker');
  expect(errorIn('{"level":30,"msg":"error rate 0"}')).toBeNull();
});

test('errors in plain lines are told by how they begin', () => {
  expect(errorIn('TypeError: x is undefined')).toBe('TypeError: x is undefined');
  expect(errorIn('error: unknown command')).toBe('error: unknown command');
  expect(errorIn('0 errors so far')).toBeNull();
  expect(errorIn('{"half a line')).toBeNull();
});

test('of a JSON line people are shown the sentence, and any other line as it is', () => {
  expect(sentenceIn('{"level":"info","msg":"running place"}')).toBe('running place');
  for (const line of ['no JSON', '{"half a line', '{"level":"info"}', 'null']) expect(sentenceIn(line)).toBe(line);
});
