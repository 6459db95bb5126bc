import { expect, it } from 'vitest';
import { Places } from './places';

it('gives places in the order of coming, and none to who has waited too long', async () => {
  const places = new Places(2);
  const first = await places.take(1000);
  const second = await places.take(1000);
  expect(await places.take(5)).toBeNull();
  const order: number[] = [];
  const waiting = [1, 2, 3].map(async (number) => {
    const leave = await places.take(60_000);
    order.push(number);
    return leave;
  });
  first?.();
  // Twice is once.
  first?.();
  await waiting[0];
  expect(order).toEqual([1]);
  second?.();
  await waiting[1];
  (await waiting[0])?.();
  await waiting[2];
  expect(order).toEqual([1, 2, 3]);
});
