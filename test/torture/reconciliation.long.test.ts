import { expect, inject, it } from 'vitest';
import { tryReconciliation } from './reconciliation/trials';

/** Long enough for a machine that is busy with other things, in milliseconds. */
const timeoutMs = 300_000;

it(
  "the comparison with Mailgun's numbers ends the same, whatever call fails meanwhile",
  async () => {
    const { failures, cases } = await tryReconciliation(inject('bundleFile'), 1, 0.05);
    expect(failures).toEqual([]);
    expect(cases).toBeGreaterThan(20);
  },
  timeoutMs,
);
