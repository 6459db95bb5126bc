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

    it('says what is wrong with a new one', async () => {
      const page = await session().visit('/destinations', { tolerated: /Failed to load resource/ });
      await page.getByRole('button', { name: 'Add a destination' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
      await shows(page, /The parameter name is not accepted/);
    });
  });
}
