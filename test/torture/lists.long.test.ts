import { expect, inject, it } from 'vitest';
import { tryLists } from './lists/trials';

/** Long enough for a machine that is busy with other things, in milliseconds. */
const timeoutMs = 300_000;

it(
  "the first import of Mailgun's lists and the nightly comparison end the same, whatever call fails meanwhile",
  async () => {
    const { failures, cases } = await tryLists(inject('bundleFile'), 1, 0.05);
    expect(failures).toEqual([]);
    expect(cases).toBeGreaterThan(20);
  },
  timeoutMs,
);
