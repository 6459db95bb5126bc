import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { event } from '../../app/app';
import { type DashboardSession, go, known, shows } from '../dashboard-session';
import { everyView } from '../every-view';

const checking = '*/1 * * * *';
const listed = v.object({ items: v.array(v.object({ id: v.string(), rule: v.string() })) });

/** Opens an alert: an event was given up. @returns the key of the event and the id of the alert */
async function openAlert({ app }: DashboardSession): Promise<{ key: string; id: string }> {
  const { body } = await app.send(event('delivered', { recipient: 'dead@known.example' }));
  const key = String(body.id);
  await app.drain();
  await app.connection.updateOne('email_events', key, { $set: { state: 'dead', lastError: 'no' } });
  await app.runJobs(checking);
  const { items } = v.parse(listed, (await app.get('/api/alerts')).body);
  return { key, id: items.find(({ rule }) => rule === 'dead-letters')?.id ?? '' };
}

export function testAlerts(session: () => DashboardSession): void {
  describe('alerts', () => {
    it('stand in one line above every view, are acknowledged and muted, and stay in the history', async () => {
      const { app } = session();
      const { key, id } = await openAlert(session());
      const page = await session().visit('/campaigns');
      const line = page.getByRole('complementary', { name: 'Open alerts' });
      for (const { view } of (await everyView(session())).filter((each) => each.view !== '/alerts')) {
        await go(page, view);
        await line.getByText(/Dead letters, all mail/).waitFor();
      }
      await line.getByRole('link').click();
      const row = page.getByRole('table', { name: 'Open alerts' }).getByRole('row', { name: /Dead letters/ });
      await row.getByText('warning').waitFor();
      await row.getByRole('button', { name: 'Acknowledge' }).click();
      await row.getByText('acknowledged').waitFor();
      await row.getByRole('button', { name: 'Mute for a day' }).click();
      await row.getByText(/muted, again in 23 h/).waitFor();
      await row.getByRole('button', { name: 'Unmute' }).click();
      await row.getByRole('button', { name: 'Mute for a day' }).waitFor();

      await app.call('POST', `/api/dead/${encodeURIComponent(key)}/requeue`);
      await app.drain();
      await app.runJobs(checking);
      const clearSince = new Date(Date.now() - 600_000).toISOString();
      await app.connection.updateOne('alerts', id, { $set: { clearSince } });
      await app.runJobs(checking);
      await go(page, '/');
      await go(page, '/alerts');
      await page
        .getByRole('table', { name: 'Alerts that are over' })
        .getByRole('link', { name: 'Dead letters' })
        .click();
      const steps = page.getByRole('table', { name: 'Steps of the alert' });
      for (const what of ['Opened', 'Acknowledged', 'Muted', 'Over'])
        await steps
          .getByRole('row', { name: new RegExp(what) })
          .first()
          .waitFor();
    });

    it('are shown with their rules, and rates over a threshold carry a sign, the complaint rate first', async () => {
      const { app } = session();
      const page = await session().visit('/alerts');
      const rules = page.getByRole('table', { name: 'Rules of the alerts' });
      await rules.getByRole('row', { name: /^Complaints.*0\.10\s%.*0\.30\s%.*0 times/s }).waitFor();
      await app.call('PUT', '/api/alerts/rules/complaints', { minVolume: 1, minCount: 1 });
      try {
        await page.reload();
        await rules.getByRole('row', { name: /^Complaints.*[1-9] times?.*API/s }).waitFor();
        await go(page, '/campaigns');
        const row = page.getByRole('row', { name: new RegExp(`^${known.tag}`) });
        await row.getByRole('cell', { name: /critical.*50\.0/ }).waitFor();
        await shows(page, '!!');
        for (const name of ['Rates by mailbox provider', 'Rates by sending domain']) {
          await go(page, '/?range=all');
          const table = page.getByRole('table', { name });
          await table
            .getByRole('cell', { name: /(critical|warning) .*%/ })
            .first()
            .waitFor();
          const heads = await table.getByRole('columnheader').allInnerTexts();
          expect(heads.indexOf('Complaint')).toBe(heads.indexOf('Delivery') - 1);
        }
      } finally {
        await app.call('DELETE', '/api/alerts/rules/complaints');
      }
    });

    it('have thresholds that are tried, saved, refused in a sentence, and given back their defaults, by keyboard', async () => {
      const page = await session().visit('/alerts', { tolerated: /Failed to load resource/ });
      const rules = page.getByRole('table', { name: 'Rules of the alerts' });
      const change = rules.getByRole('button', { name: 'Change the thresholds of Complaints' });
      await change.focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Thresholds: Complaints' });
      const warn = dialog.getByLabel('Warning from (%)');
      await warn.and(page.locator(':focus')).waitFor();
      expect(await warn.inputValue()).toBe('0.1');
      expect(await dialog.getByLabel('Window (hours)').inputValue()).toBe('24');
      await dialog.getByText(/it would have fired 0 times .* in force 0 times/).waitFor();
      const before = await dialog.boundingBox();
      await dialog.getByLabel('Minimum volume').fill('1');
      await dialog.getByLabel('Minimum count').fill('1');
      await dialog
        .getByText(/it would have fired [1-9]\d* times? in the last 30 days, .* in force 0 times/)
        .waitFor();
      await warn.fill('much');
      await dialog
        .getByText(/^Warning from \(%\): write a number such as 0.3, or nothing for never\.$/)
        .waitFor();
      await warn.fill('0,5');
      await dialog.getByLabel('Critical from (%)').fill('0.4');
      await dialog
        .getByText(/^These thresholds are not accepted: critical must not be below warn\.$/)
        .waitFor();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.getByRole('alert').getByText('critical must not be below warn.').waitFor();
      await dialog.getByLabel('Critical from (%)').fill('');
      await dialog.getByText(/it would have fired [1-9]/).waitFor();
      expect(await session().app.get('/api/alerts/rules?fired=no')).toMatchObject({
        body: {
          items: expect.arrayContaining([expect.objectContaining({ name: 'complaints', source: 'default' })]),
        },
      });
      await dialog.getByRole('button', { name: 'Save' }).press('Enter');
      await rules
        .getByRole('row', { name: /^Complaints.*from 1 of 1 on.*0\.50\s%.*–.*[1-9] times?.*API/s })
        .waitFor();
      await change.and(page.locator(':focus')).waitFor();
      // The marks follow at once.
      await go(page, '/campaigns');
      await page
        .getByRole('row', { name: new RegExp(`^${known.tag}`) })
        .getByRole('cell', { name: /warning.*50\.0/ })
        .waitFor();
      await go(page, '/alerts');
      await change.click();
      await dialog.getByRole('button', { name: 'Back to the default' }).click();
      expect(await warn.inputValue()).toBe('0.1');
      await dialog.getByText(/it would have fired 0 times/).waitFor();
      expect(await dialog.boundingBox()).toEqual(before);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await rules.getByRole('row', { name: /^Complaints.*API/s }).waitFor();
      await change.click();
      await dialog.getByRole('button', { name: 'Back to the default' }).click();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await rules.getByRole('row', { name: /^Complaints.*0\.10\s%.*0\.30\s%.*0 times.*default/s }).waitFor();
    });

    it('that measure no share are changed too, and say that nobody knows what they would have fired', async () => {
      const page = await session().visit('/alerts');
      await page.getByRole('button', { name: 'Change the thresholds of Dead letters' }).click();
      const dialog = page.getByRole('dialog');
      expect(await dialog.getByLabel('Window (hours)').count()).toBe(0);
      await dialog.getByLabel('Warning from (count)').fill('5');
      await dialog.getByText(/nobody knows how often it would have fired/).waitFor();
      await dialog.getByRole('button', { name: 'Save' }).click();
      const row = page.getByRole('row', { name: /^Dead letters.*5.*100.*API/s });
      await row.waitFor();
      await session().app.call('DELETE', '/api/alerts/rules/dead-letters');
    });
  });
}
