import { describe, expect, it } from 'vitest';
import { type DashboardSession, shows, soon } from '../dashboard-session';

const failed = /Failed to load resource/;

/** The page asks again within this time, in milliseconds; a request may take longer. */
const longerThanAPause = 20_000;

export function testProblems(session: () => DashboardSession): void {
  describe('when something is wrong', () => {
    it.each([
      { state: 'broken', sentence: 'The space does not answer.' },
      { state: 'busy', sentence: 'The storage is being repaired.' },
    ] as const)('says "$sentence" and goes on by itself', async ({ state, sentence }) => {
      const { proxy } = session();
      const page = await session().visit('/events', {
        base: proxy.url,
        tolerated: failed,
        hasOwnClock: true,
      });
      await shows(page, /@/);
      proxy.state = state;
      await page.clock.fastForward(longerThanAPause);
      await shows(page, sentence);
      await shows(page, 'The page goes on trying.');
      await shows(page, 'Not connected');
      // What was there can still be read.
      expect(await page.locator('main tbody tr').count()).toBe(50);
      proxy.state = 'open';
      await page.clock.fastForward(longerThanAPause);
      await shows(page, /^Live$/);
      await expect.poll(() => page.getByText(sentence).count(), soon).toBe(0);
    });

    it('can be asked to try again at once', async () => {
      const { proxy } = session();
      proxy.state = 'busy';
      const page = await session().visit('/campaigns', { base: proxy.url, tolerated: failed });
      await shows(page, 'The storage is being repaired.');
      proxy.state = 'open';
      await page.getByRole('button', { name: 'Try again' }).click();
      await shows(page, 'spring-sale');
    });

    it('asks for the key again when it is refused in the middle of work', async () => {
      const page = await session().visit('/events', { tolerated: failed, hasOwnClock: true });
      await shows(page, /^Live$/);
      await page.route('**/api/**', (route) => route.fulfill({ status: 401, json: {} }));
      await page.clock.fastForward(longerThanAPause);
      await shows(page, /The space refused this API key/);
      await page.getByLabel('API key').waitFor();
      expect(page.url()).toContain('#/events');
    });

    it('says why a table could not be saved', async () => {
      const { proxy } = session();
      const page = await session().visit('/campaigns', { base: proxy.url, tolerated: failed });
      await shows(page, 'spring-sale');
      proxy.state = 'busy';
      await page.getByRole('button', { name: 'Export CSV' }).click();
      await page.locator('.page-actions').getByText('The storage is being repaired.').waitFor();
    });

    it('names views that do not exist', async () => {
      const page = await session().visit('/odd');
      await shows(page, 'This page has no such view.');
      await page.getByRole('link', { name: 'Go to the overview' }).click();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
    });
  });
}
