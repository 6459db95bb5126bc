import { describe, expect, it } from 'vitest';
import { type DashboardSession, known, shows } from '../dashboard-session';

export function testMessages(session: () => DashboardSession): void {
  describe('messages', () => {
    it('are found by their ID, with or without brackets', async () => {
      const page = await session().visit('/messages');
      await shows(page, 'Known from the start');
      await page.getByRole('searchbox', { name: 'Message ID' }).fill(`<${known.id}>`);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Known from the start' }).waitFor();
    });

    it('show their way, recipient by recipient', async () => {
      const page = await session().visit(`/messages/${encodeURIComponent(known.id)}`);
      const pathOf = (recipient: string) =>
        page.getByRole('region', { name: recipient }).getByRole('listitem').getByRole('link').allInnerTexts();
      await page.getByRole('region', { name: known.amy }).waitFor();
      expect(await pathOf(known.amy)).toEqual(['accepted', 'delivered', 'opened', 'clicked']);
      expect(await pathOf(known.bob)).toEqual(['accepted', 'delivered', 'complained']);
    });

    it('say so when nothing is known of them', async () => {
      const page = await session().visit('/messages/never-sent', { tolerated: /status of 404/ });
      await shows(page, 'No event is about this message.');
    });
  });
}
