import { expect, inject, it } from 'vitest';
import { tryErasure } from './erasure/trials';
import { tryHooks } from './hooks/trials';
import { tryRetention } from './retention/trials';

/** How much more is tried where the test is to find one fault of the code (`npm run mutants`). */
const times = process.env.EVERY_FAULT === 'yes' ? 10 : 1;
/** Long enough for a machine that is busy with other things, in milliseconds. */
const timeoutMs = 300_000;

it(
  "an owner's function that throws or takes its time harms no number, and its events come back",
  async () => {
    expect((await tryHooks(1, 0.01)).failures).toEqual([]);
  },
  timeoutMs,
);

it(
  'days are closed without losing a number, whatever call fails meanwhile',
  async () => {
    expect((await tryRetention(inject('bundleFile'), 1, times * 0.025)).failures).toEqual([]);
  },
  timeoutMs,
);

it(
  'a person is erased or made good again, whatever call fails meanwhile',
  async () => {
    expect((await tryErasure(inject('bundleFile'), 1, 0.08)).failures).toEqual([]);
  },
  timeoutMs,
);
