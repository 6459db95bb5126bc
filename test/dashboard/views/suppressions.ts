import { describe, expect, it } from 'vitest';
import { event } from '../../app/app';
import { type DashboardSession, known, shows } from '../dashboard-session';

export function testSuppressions(session: () => DashboardSession): void {
  describe('suppressions', () => {
    it('of an address are lifted one by one', async () => {
      const email = 'fay@known.example';
      const { app } = session();
      for (const tags of [['news'], ['offers']])
        await app.send(event('unsubscribed', { recipient: email, tags, timestamp: Date.now() / 1000 - 60 }));
      await app.drain();
      const page = await session().visit(`/addresses/${email}`);
      await page.getByRole('button', { name: 'Lift … mg.example.com, tag news' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Lift' }).click();
      await shows(page, /Lifted: unsubscribe, mg.example.com, tag news/);
      expect((await app.get(`/api/subscribers/${email}`)).body).toMatchObject({
        unsubscribedFrom: ['offers'],
      });
      await page.getByRole('button', { name: 'Lift … mg.example.com, tag offers' }).waitFor();
    });

    it('that are doubtful are lifted together, by their cause', async () => {
      const page = await session().visit('/suppressions');
      await shows(page, '5.7.515');
      // The latest day comes first.
      await page
        .getByRole('button', { name: /Lift all … of Outlook/ })
        .first()
        .click();
      await shows(page, '2 addresses');
      await page.getByRole('dialog').getByRole('button', { name: 'Lift all' }).click();
      // The Mailgun of these tests has no such lists.
      await shows(page, /2 addresses lifted/);
      for (const email of known.blocked)
        expect((await session().app.get(`/api/suppressions/${email}`)).body).toMatchObject({
          suppressed: false,
        });
    });
  });
}
