import * as v from 'valibot';
import { describe, it } from 'vitest';
import { event } from '../../app/app';
import { type DashboardSession, go, known, shows } from '../dashboard-session';

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
      await line.getByText(/Dead letters, all mail/).waitFor();
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
      } finally {
        await app.call('DELETE', '/api/alerts/rules/complaints');
      }
    });
  });
}
