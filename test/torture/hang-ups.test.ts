import { expect, inject, it } from 'vitest';
import { tryHangUps } from './hang-ups/trials';

it('a sender that hangs up keeps no other from its answer', async () => {
  const { cases, failures } = await tryHangUps(inject('bundleFile'), 1, 2);
  expect(failures).toEqual([]);
  expect(cases).toBeGreaterThan(8);
}, 120_000);
