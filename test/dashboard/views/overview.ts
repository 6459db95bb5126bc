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

    it('says what failed, where and why, and leads to its events', async () => {
      const { body } = await session().app.get('/api/failures');
      const items: { classification: string; failures: number }[] = Object(body).items;
      const sum = (of: typeof items) => of.reduce((total, { failures }) => total + failures, 0);
      const final = items.filter(({ classification }) => classification !== 'temporary');
      const page = await session().visit('/');
      const section = page.getByRole('region', { name: 'Failures' });
      await section.getByText(new RegExp(`^${sum(final)} failures since .*: \\d+ \\w+, [a-z]`)).waitFor();
      await section.getByText(new RegExp(`${sum(items) - sum(final)} attempts failed`)).waitFor();
      await section.getByRole('button', { name: /^Show all \d+ kinds$/ }).click();
      const counts = await section.locator('tbody td:nth-child(4)').allInnerTexts();
      expect(counts.reduce((total, text) => total + Number(text), 0)).toBe(sum(items));
      await section.getByRole('link', { name: 'hard bounce' }).first().click();
      await shows(page, '5.1.1');
      expect(page.url()).toMatch(/events\?.*classification=hard_bounce/);
    });

    it('says of how much of the mail a complaint can come, and what is counted apart', async () => {
      const { body } = await session().app.get('/api/summary');
      const { forwarded, tests, webhookFailures } = Object(body.totals);
      const page = await session().visit('/?range=all');
      await shows(
        page,
        /Complaints can come from \d+\.\d\u202f% of the delivered mail: the other providers report none\./,
      );
      await shows(
        page,
        `Counted apart: ${webhookFailures} failed callbacks, ${forwarded} events of forwarded copies, ${tests} events of tests.`,
      );
      const gmail = page
        .getByRole('table', { name: 'Rates by mailbox provider' })
        .getByRole('row', { name: /Gmail/ });
      expect(await gmail.getByTitle(/tells Mailgun of complaints/).count()).toBe(1);
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
