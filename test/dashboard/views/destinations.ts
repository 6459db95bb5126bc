import { describe, expect, it, onTestFinished } from 'vitest';
import { startReceiver } from '../../notices/receiver';
import { type DashboardSession, shows } from '../dashboard-session';

export function testDestinations(session: () => DashboardSession): void {
  describe('destinations', () => {
    it('adds one, sends it a test, shows that it arrived, and deletes it', async () => {
      const receiver = await startReceiver();
      onTestFinished(receiver.stop);
      const page = await session().visit('/alerts');
      await page.getByRole('link', { name: 'Destinations' }).click();
      await page.getByRole('button', { name: 'Add a destination' }).click();
      await page.getByLabel('Name').fill('On <b>call</b>');
      await page.getByLabel('Kind').selectOption('webhook');
      await page.getByLabel(/^URL/).fill(`${receiver.url}/hook-with-a-long-path`);
      expect(await page.getByLabel(/^Signing secret/).inputValue()).toMatch(/^whsec_/);
      await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
      const line = page.getByRole('row', { name: /^On <b>call<\/b>/ });
      await line.getByRole('button', { name: /Deliveries/ }).click();
      await page.getByRole('button', { name: 'Send a test' }).click();
      await page.getByRole('row', { name: /Test of the destination On <b>call<\/b>.*delivered/s }).waitFor();
      expect(receiver.at('/hook-with-a-long-path')).toHaveLength(1);
      expect(await page.content()).not.toContain('long-path');
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
      await line.waitFor({ state: 'detached' });
    });

    it('chooses what one is told of, and changes that while its secrets stay', async () => {
      const receiver = await startReceiver();
      onTestFinished(receiver.stop);
      const page = await session().visit('/destinations');
      const dialog = page.getByRole('dialog');
      const isChecked = (name: string) => dialog.getByLabel(name, { exact: true }).isChecked();
      await page.getByRole('button', { name: 'Add a destination' }).click();
      await page.getByLabel('Name').fill('Bounces');
      await page.getByLabel('Kind').selectOption('webhook');
      await page.getByLabel(/^URL/).fill(`${receiver.url}/first-secret`);
      expect(await dialog.getByLabel('failed', { exact: true }).count()).toBe(0);
      for (const name of ['Critical', 'Complaints', 'Events', 'failed', 'hard bounce'])
        await dialog.getByLabel(name, { exact: true }).check();
      await dialog.getByLabel('The digest').uncheck();
      await dialog.getByRole('button', { name: 'Add', exact: true }).click();
      const line = page.getByRole('row', { name: /^Bounces/ });
      await line
        .filter({ hasText: 'alert, event; only critical, complaints, failed, hard_bounce' })
        .waitFor();

      await line.getByRole('button', { name: /Deliveries/ }).click();
      await page.getByRole('button', { name: 'Change', exact: true }).click();
      expect(await page.getByLabel(/^URL/).inputValue()).toBe('');
      for (const name of ['Critical', 'Complaints', 'failed', 'hard bounce'])
        expect(await isChecked(name), name).toBe(true);
      expect([await isChecked('Warnings'), await isChecked('The digest')]).toEqual([false, false]);
      await page.getByLabel('Name').fill('Bounces and more');
      await dialog.getByLabel('Critical', { exact: true }).uncheck();
      await dialog.getByLabel('Events', { exact: true }).uncheck();
      await dialog.getByRole('button', { name: 'Save' }).click();
      const changed = page.getByRole('row', { name: /^Bounces and more/ });
      await changed.filter({ hasText: 'alert; only complaints' }).waitFor();
      expect(await changed.textContent()).not.toContain('failed');
      await page.getByRole('button', { name: 'Send a test' }).click();
      await page.getByRole('row', { name: /Test of the destination Bounces and more.*delivered/s }).waitFor();
      expect(receiver.at('/first-secret')).toHaveLength(1);

      await page.getByRole('button', { name: 'Change', exact: true }).click();
      await page.getByLabel(/^URL/).fill(`${receiver.url}/second-secret`);
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Send a test' }).click();
      await expect.poll(() => receiver.at('/second-secret').length, { timeout: 30_000 }).toBe(1);
      const [first, second] = [receiver.at('/first-secret'), receiver.at('/second-secret')];
      expect([first.length, second.length]).toEqual([1, 1]);
    });

    it('says what is wrong with a new one', async () => {
      const page = await session().visit('/destinations', { tolerated: /Failed to load resource/ });
      await page.getByRole('button', { name: 'Add a destination' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
      await shows(page, /The parameter name is not accepted/);
    });
  });
}
