import { expect, it } from 'vitest';
import { BodyBudget } from './body-budget.js';

/** Whether a promise has come to its end, after all that waits for nothing has had its turn. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

it('lets bodies wait for room, in the order of coming', async () => {
  const budget = new BodyBudget(10, 60_000);
  const giveBack = await budget.take(8);
  const large = budget.take(4);
  const small = budget.take(1);
  expect([await isSettled(large), await isSettled(small)]).toEqual([false, false]);
  giveBack();
  giveBack();
  (await large)();
  (await small)();
  expect(await isSettled(budget.take(10))).toBe(true);
});

it('works on a body alone that is larger than all of it', async () => {
  const budget = new BodyBudget(10, 60_000);
  const giveBack = await budget.take(50);
  const next = budget.take(1);
  expect(await isSettled(next)).toBe(false);
  giveBack();
  await next;
});

it('sends away who has waited too long, and those behind take their turn', async () => {
  const budget = new BodyBudget(10, 20);
  await budget.take(8);
  const refused = expect(budget.take(5)).rejects.toMatchObject({ code: 'OMS_BUSY', statusCode: 503 });
  const small = budget.take(1);
  await refused;
  await small;
});
