import { expect, inject, it } from 'vitest';
import { tryFeed } from './feed/trials';

/** More where the test is to find one fault of the code (`npm run mutants`). */
const wanted = process.env.EVERY_FAULT === 'yes' ? 60 : 25;

it('a reader of the feed is told of every event once, also when several write at once and any of them dies', async () => {
  const { cases, failures } = await tryFeed(inject('bundleFile'), 1, (tried) => tried < wanted);
  expect(failures).toEqual([]);
  expect(cases).toBe(wanted);
}, 300_000);
