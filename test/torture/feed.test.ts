import { expect, inject, it } from 'vitest';
import { tryFeed } from './feed/trials';

it('a reader of the feed is told of every event once, also when several write at once and any of them dies', async () => {
  const { failures } = await tryFeed(inject('bundleFile'), 1, (cases) => cases < 60);
  expect(failures).toEqual([]);
}, 300_000);
