import { expect, test } from 'vitest';
import { batched } from './batching';

test('what is asked for at about the same time is one call, and everybody gets what is theirs', async () => {
  const calls: number[][] = [];
  const double = batched<string, number, number>(async (_connection, items) => {
    calls.push([...items]);
    return (item) => item * 2;
  });
  expect(await Promise.all([1, 2, 3].map((item) => double('space', item)))).toEqual([2, 4, 6]);
  expect(await double('space', 4)).toBe(8);
  expect(calls).toEqual([[1, 2, 3], [4]]);

  const many = Array.from({ length: 250 }, (_, at) => at);
  calls.length = 0;
  expect(await Promise.all(many.map((item) => double('space', item)))).toEqual(many.map((item) => item * 2));
  expect(calls.map((items) => items.length)).toEqual([100, 100, 50]);
});

test('a call that fails fails for all who share it, and for nobody who asks later', async () => {
  let isBroken = true;
  const same = batched<string, string, string>(async () => {
    if (isBroken) throw new Error('away');
    return (item) => item;
  });
  const results = await Promise.allSettled(['a', 'b'].map((item) => same('space', item)));
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isBroken = false;
  expect(await same('space', 'c')).toBe('c');
});

test('who asks while a call is under way does not share it: what that saw may be too old', async () => {
  let value = 0;
  const look = batched<string, string, number>(async () => {
    const seen = value;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return () => seen;
  });
  const early = look('space', 'x');
  await new Promise((resolve) => setTimeout(resolve, 5));
  value = 1;
  expect(await look('space', 'x')).toBe(1);
  expect(await early).toBe(0);
});
