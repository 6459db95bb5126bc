import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { event } from '../../app/app';
import { column, type DashboardSession, drained, known, shows, soon, tags } from '../dashboard-session';

export function testEvents(session: () => DashboardSession): void {
  describe('events', () => {
    it('appear while webhooks come in, but not while the list is paused', async () => {
      const page = await session().visit('/events', { hasOwnClock: true });
      const { app } = session();
      await shows(page, /^Live$/);
      await shows(page, /@/);
      await app.send(event('delivered', { recipient: 'first@live.example' }));
      await page.clock.fastForward('00:03');
      await shows(page, 'first@live.example');

      await page.getByRole('button', { name: 'Pause' }).click();
      await shows(page, 'Paused');
      await app.send(event('delivered', { recipient: 'second@live.example' }));
      const asked = () =>
        session()
          .requestsOf(page)
          .filter((url) => url.includes('/api/events')).length;
      // What was asked for before the pause is not counted.
      await drained(page);
      const before = asked();
      await page.clock.fastForward('05:00');
      // The navigation goes on asking, so what would have happened by now has happened.
      await shows(page, '5 min ago');
      expect(asked()).toBe(before);
      expect(await page.getByText('second@live.example').count()).toBe(0);

      await page.getByRole('button', { name: 'Go on' }).click();
      await shows(page, 'second@live.example');
    });

    it('are filtered by what they are and whom they are about', async () => {
      const page = await session().visit('/events');
      await shows(page, /@/);
      await page.getByLabel('Type of event').selectOption('complained');
      await expect.poll(async () => [...new Set(await column(page, 2))], soon).toEqual(['complained']);
      await page.getByLabel('Tag', { exact: true }).fill(known.tag);
      await page.keyboard.press('Enter');
      await expect.poll(() => column(page, 3), soon).toEqual([known.bob]);
      await page.getByRole('button', { name: 'Clear' }).click();
      await expect.poll(async () => (await column(page, 3)).length, soon).toBe(50);

      await page.getByRole('button', { name: 'More filters' }).click();
      await page.getByLabel('What a failure means').selectOption('hard_bounce');
      await expect.poll(async () => [...new Set(await column(page, 2))], soon).toEqual(['failed']);
      await page.getByLabel('Last day').fill('2020-01-01');
      await shows(page, 'No event fits these filters.');
      await page.getByRole('button', { name: 'Show all events' }).click();
      await shows(page, known.bob);

      await page.getByLabel('Variable, such as').fill(`order_id:${known.order}`);
      await page.keyboard.press('Enter');
      await expect.poll(() => column(page, 3), soon).toEqual([known.bob]);
    });

    it('are offered by recipient while somebody types', async () => {
      const page = await session().visit('/events');
      await shows(page, /@/);
      await page.getByRole('combobox', { name: 'Recipient' }).pressSequentially('amy@');
      await page.locator(`datalist option[value="${known.amy}"]`).waitFor({ state: 'attached' });
      await page.getByRole('combobox', { name: 'Recipient' }).fill(known.amy);
      await expect.poll(async () => [...new Set(await column(page, 3))], soon).toEqual([known.amy]);
    });

    it('are read page by page, each once', async () => {
      const page = await session().visit(`/events?tag=${tags[0]}`);
      const keys = () =>
        page.locator('main tbody a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
      await expect.poll(async () => (await keys()).length, soon).toBe(50);
      await page.getByRole('button', { name: 'More events' }).click();
      await expect.poll(async () => (await keys()).length, soon).toBe(100);
      expect(new Set(await keys()).size).toBe(100);
    });

    it('can be saved as the table that the API gives', async () => {
      const { app } = session();
      const page = await session().visit(`/events?tag=${known.tag}`);
      await shows(page, known.amy);
      const waiting = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export CSV' }).click();
      const text = await readFile(await (await waiting).path(), 'utf8');
      const answer = await fetch(`${app.url}/api/events.csv?tag=${known.tag}`, {
        headers: { 'x-apikey': app.apiKey },
      });
      expect(text).toBe(await answer.text());
      expect(text.trim().split('\r\n').length).toBe(8);
      expect(text).toContain(known.amy);
    });
  });

  describe('one event', () => {
    it.each([
      ['sender_blocked', 'bounce', 'Mailgun lists the address, although the provider refused the sender'],
      ['hard_bounce', 'bounce', 'The address is bad, and Mailgun lists it'],
      ['delayed_bounce', 'generic', 'The address is bad; Mailgun does not list it'],
      ['temporary', 'generic', 'Nothing about the address'],
    ])(
      'of the class %s, for the reason %s, says what that means for its address',
      async (name, why, sentence) => {
        const { app } = session();
        const { body } = await app.get(`/api/events?classification=${name}&limit=100`);
        const items: { key: string; reason: string }[] = Object(body).items;
        const wanted = items.find(({ reason }) => reason === why);
        const page = await session().visit(`/events/${encodeURIComponent(wanted?.key ?? '')}`);
        await shows(page, sentence);
      },
    );

    it('shows what is known of it and its original, which can be copied', async () => {
      const page = await session().visit(`/events?event=clicked&tag=${known.tag}`);
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.getByRole('link', { name: 'clicked' }).click();
      await shows(page, 'https://shop.example/known');
      const { body } = await session().app.get(`/api/events?event=clicked&tag=${known.tag}`);
      const [{ key }] = Object(body.items);
      const whole = await session().app.get(`/api/events/${encodeURIComponent(key)}`);
      const original: unknown = JSON.parse(String(whole.body.raw));
      expect(JSON.parse((await page.locator('pre').textContent()) ?? '')).toEqual(original);
      await page.getByRole('button', { name: 'Copy the original' }).click();
      await shows(page, 'Copied');
      expect(JSON.parse(String(await page.evaluate('navigator.clipboard.readText()')))).toEqual(original);
    });
  });
}
