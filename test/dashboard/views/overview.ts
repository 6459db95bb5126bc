import { describe, expect, it } from 'vitest';
import { type DashboardSession, go, shows } from '../dashboard-session';
import { everyView } from '../every-view';

export function testOverview(session: () => DashboardSession): void {
  describe('every view', () => {
    it.each(['under its name', 'at the root'])('shows its data, the space %s', async (place) => {
      const base = place === 'at the root' ? session().proxy.url : session().app.url;
      const page = await session().visit('', { base });
      for (const { view, data } of await everyView(session())) {
        await go(page, view);
        await shows(page, data);
        expect(await page.getByRole('alert').count()).toBe(0);
      }
    });
  });

  describe('the overview', () => {
    it('shows the numbers of the API, in short and in full', async () => {
      const { body } = await session().app.get('/api/timeline?by=day&from=2020-01-01&to=2020-01-02');
      expect(body.by).toBe('day');
      const page = await session().visit('/?range=all');
      await shows(page, 'Other');
      const answer = await session().app.get('/api/summary');
      const { delivered } = Object(answer.body.totals);
      const metric = page.getByRole('button', { name: /^Delivered/ });
      expect(await metric.getAttribute('title')).toContain(delivered.toLocaleString('en'));
      expect(await metric.textContent()).toMatch(/\d+\.\d\u202f%/);

      await page.getByText('As a table').click();
      const cells = await page
        .getByRole('table', { name: /Messages .* by day/ })
        .locator('tbody td:nth-child(2)')
        .allInnerTexts();
      const sum = cells.reduce((total, text) => total + Number(text.replaceAll(',', '')), 0);
      expect(sum).toBe(delivered);
    });

    it('shows other days and other numbers when asked', async () => {
      const page = await session().visit('/');
      await page.getByRole('button', { name: 'Today' }).click();
      await page.getByRole('img', { name: /by hour/ }).waitFor();
      await page.getByRole('button', { name: /^Bounced/ }).click();
      await page.getByRole('img', { name: /delivered, opened, clicked, bounced/ }).waitFor();
      expect(page.url()).toContain('range=1d');
      await page.getByRole('button', { name: 'Custom' }).click();
      await page.getByLabel('First day').fill('2026-01-01');
      await page.getByRole('img', { name: /by day/ }).waitFor();
      expect(page.url()).toContain('from=2026-01-01');
    });

    it('says the exact time on hover, and how long ago it was in words', async () => {
      const page = await session().visit('/');
      const time = page.locator('main time').first();
      await time.waitFor();
      expect(await time.textContent()).toMatch(/ago|now/);
      expect(await time.getAttribute('title')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
    });

    it('tells how the first event gets in, while there is none', async () => {
      const page = await session().visit('/');
      await shows(page, 'Other');
      const answer = await session().app.get('/api/summary?from=2020-01-01&to=2020-01-02');
      await page.route('**/api/summary*', (route) =>
        route.fulfill({ json: { ...answer.body, firstEventAt: null, lastEventAt: null } }),
      );
      await page.reload();
      await shows(page, 'No event has come in yet');
      await shows(page, `${session().app.url}/mailgun/events`);
      await shows(page, 'npm run simulate');
    });
  });
}
