import { describe, expect, it } from 'vitest';
import { event } from '../../app/app';
import { column, type DashboardSession, known, shows, soon } from '../dashboard-session';

async function addAddress({ app }: DashboardSession, recipient: string, ...events: string[]): Promise<void> {
  for (const name of events) await app.send(event(name, { recipient }));
  await app.drain();
}

async function statusOf({ app }: DashboardSession, email: string): Promise<unknown> {
  const { status, body } = await app.get(`/api/subscribers/${email}`);
  return status === 404 ? null : body.status;
}

export function testAddresses(session: () => DashboardSession): void {
  describe('addresses', () => {
    it('are found while somebody types', async () => {
      const page = await session().visit('/addresses');
      await shows(page, /@/);
      await page.getByRole('searchbox').pressSequentially('bob@');
      await expect.poll(() => column(page, 1), soon).toEqual([known.bob]);
      await page.getByRole('searchbox').fill('nobody@');
      await shows(page, 'No address begins like this.');
    });

    it('are shown by their state', async () => {
      const page = await session().visit('/addresses');
      await shows(page, /@/);
      await page.getByRole('button', { name: 'Bounced' }).click();
      await expect.poll(async () => [...new Set(await column(page, 2))], soon).toEqual(['bounced']);
      expect(await page.getByRole('button', { name: 'For Mailgun’s import' }).count()).toBe(1);
    });
  });

  describe('one address', () => {
    it('shows its state, why, since when, and its story', async () => {
      const page = await session().visit(`/addresses/${known.bob}`);
      await shows(page, 'Do not write to it');
      await shows(page, 'Called a message spam');
      await shows(page, '30 min ago');
      await expect
        .poll(() => column(page, 2), soon)
        .toEqual(['mg.example.com', 'complained', 'delivered', 'accepted']);
    });

    it('is reactivated after a confirmation, and not without one', async () => {
      const email = 'carl@known.example';
      await addAddress(session(), email, 'delivered', 'complained');
      const page = await session().visit(`/addresses/${email}`);
      await page.getByRole('button', { name: 'Reactivate …' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await statusOf(session(), email)).toBe('complained');

      await page.getByRole('button', { name: 'Reactivate …' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Reactivate' }).click();
      await shows(page, 'The address is active again.');
      await shows(page, 'May be written to');
      expect(await statusOf(session(), email)).toBe('active');
    });

    it('is erased only after its name was typed', async () => {
      const email = 'dora@known.example';
      await addAddress(session(), email, 'delivered', 'opened');
      const page = await session().visit(`/addresses/${email}`);
      const open = page.getByRole('button', { name: 'Erase …' });
      await open.click();
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await statusOf(session(), email)).toBe('active');

      await open.click();
      const dialog = page.getByRole('dialog');
      const erase = dialog.getByRole('button', { name: 'Erase for good' });
      expect(await erase.isDisabled()).toBe(true);
      await dialog.getByRole('textbox').fill('dora@known');
      expect(await erase.isDisabled()).toBe(true);
      await dialog.getByRole('textbox').fill(email);
      await erase.click();
      await page.getByRole('heading', { name: 'Erased' }).waitFor();
      await shows(page, /2 events stay/);
      await expect.poll(() => page.evaluate('document.activeElement.textContent'), soon).toBe('Erased');
      expect(await statusOf(session(), email)).toBe(null);
    });

    it('says so when nothing is known of it', async () => {
      const page = await session().visit('/addresses/nobody@nowhere.example', { tolerated: /status of 404/ });
      await shows(page, 'No event about this address has come in.');
    });
  });
}
