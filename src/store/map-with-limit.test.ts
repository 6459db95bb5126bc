import { expect, it } from 'vitest';
import { mapWithLimit } from './map-with-limit';

it('results come in the order of the items, and at most 25 calls are under way', async () => {
  let underWay = 0;
  let most = 0;
  const items = Array.from({ length: 60 }, (_, index) => index);
  const doubled = await mapWithLimit(items, async (item) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    return item * 2;
  });
  expect(doubled).toEqual(items.map((item) => item * 2));
  expect(most).toBe(25);
});

it('one failure fails the whole', async () => {
  const failing = mapWithLimit([1, 2], (item) =>
    item === 2 ? Promise.reject(new Error('no')) : Promise.resolve(item),
  );
  await expect(failing).rejects.toThrow('no');
});
