import { expect, it } from 'vitest';
import { WrongKeys } from './wrong-keys';

const delays = (keys: WrongKeys, address: string, count: number, now = 0) =>
  Array.from({ length: count }, () => keys.delayMs(address, now));

it('slows down an address more and more after ten wrong keys, and no other one', () => {
  const keys = new WrongKeys(200);
  expect(delays(keys, 'a', 16)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 50, 100, 150, 200, 200, 200]);
  expect(delays(keys, 'b', 1)).toEqual([0]);
});

it('forgets an address after ten minutes without a wrong key', () => {
  const keys = new WrongKeys(200);
  delays(keys, 'a', 12);
  expect(keys.delayMs('a', 600_000)).toBe(150);
  expect(keys.delayMs('a', 1_200_001)).toBe(0);
});

it('remembers ten thousand addresses, and forgets that with the oldest wrong key first', () => {
  const keys = new WrongKeys(200);
  delays(keys, 'first', 11);
  delays(keys, 'second', 11);
  delays(keys, 'first', 1);
  for (let other = 0; other < 9999; other += 1) keys.delayMs(`other ${other}`, 0);
  expect([keys.delayMs('first', 0), keys.delayMs('second', 0)]).toEqual([150, 0]);
});
