import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { event } from '../../app/app';
import { column, type DashboardSession, go, shows, soon } from '../dashboard-session';

const refusals = v.object({ items: v.array(v.object({ reasons: v.record(v.string(), v.number()) })) });

/** Makes events that were given up. @returns their keys */
async function giveUp({ app }: DashboardSession, ...recipients: string[]): Promise<string[]> {
  const keys: string[] = [];
  for (const recipient of recipients) {
    const { body } = await app.send(event('delivered', { recipient }));
    keys.push(String(body.id));
  }
  await app.drain();
  for (const key of keys)
    await app.connection.updateOne('email_events', key, {
      $set: { state: 'dead', lastError: 'the shop was closed' },
    });
  return keys;
}

async function statesOf({ app }: DashboardSession, keys: readonly string[]): Promise<unknown[]> {
  await app.drain();
  return Promise.all(
    keys.map(async (key) => (await app.get(`/api/events/${encodeURIComponent(key)}`)).body.state),
  );
}

export function testTrouble(session: () => DashboardSession): void {
  describe('trouble', () => {
    it('gives one dead letter another try, and then all', async () => {
      const keys = await giveUp(
        session(),
        'dead1@known.example',
        'dead2@known.example',
        'dead3@known.example',
      );
      const page = await session().visit('/trouble');
      await shows(page, 'the shop was closed');
      await page.getByRole('link', { name: /Trouble.*3 dead letters/s }).waitFor();
      const line = page.getByRole('row', { name: /dead2@known/ });
      await line.getByRole('button', { name: 'Requeue this event' }).click();
      await shows(page, '1 event got all attempts again.');
      await expect
        .poll(async () => (await column(page, 3)).filter((text) => text.startsWith('dead')).sort(), soon)
        .toEqual(['dead1@known.example', 'dead3@known.example']);
      await page.getByRole('button', { name: 'Requeue all' }).click();
      await shows(page, '2 events got all attempts again.');
      await shows(page, 'No event was given up.');
      expect(await statesOf(session(), keys)).toEqual(['done', 'done', 'done']);
    });

    it('shows what was refused, by reason', async () => {
      // The session may have begun before midnight.
      const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
      const { body } = await session().app.get(`/api/refusals?from=${day(1)}&to=${day(0)}`);
      const days = v.parse(refusals, body).items;
      const total = (reason: string) => days.reduce((sum, { reasons }) => sum + (reasons[reason] ?? 0), 0);
      const page = await session().visit('/trouble');
      const table = page.getByRole('table', { name: 'Refused requests by reason' });
      for (const reason of ['invalid_signature', 'timestamp_expired', 'replay_attack']) {
        expect(total(reason)).toBeGreaterThan(0);
        await table.getByRole('row', { name: new RegExp(`${reason}.* ${total(reason)}$`, 's') }).waitFor();
      }
    });

    it('shows how far the record of Mailgun was compared, and what no webhook brought', async () => {
      const page = await session().visit('/trouble');
      const table = page.getByRole('table', { name: 'Back-fill by sending domain' });
      await table.getByRole('row', { name: /mg\.example\.com.*min ago.*2$/s }).waitFor();
      await page.getByRole('img', { name: /no webhook brought, by day, 2 events/ }).waitFor();
      await shows(page, /Compared with Mailgun/);
    });

    it.each([
      { change: { configured: false, items: [] }, sentence: /Back-fill is not set up.*MAILGUN_API_KEY/ },
      { change: { items: [] }, sentence: /Nothing was compared yet.*comes by itself/ },
      { change: { missed: {} }, sentence: /The webhooks missed nothing/ },
      { change: { problem: 'Mailgun refused the API key.' }, sentence: /Mailgun refused the API key/ },
    ])('says $sentence where it applies', async ({ change, sentence }) => {
      const { body } = await session().app.get('/api/backfill');
      const page = await session().visit();
      await page.route('**/api/backfill', (route) => route.fulfill({ json: { ...body, ...change } }));
      await go(page, '/trouble');
      await page.getByRole('region', { name: 'Back-fill' }).filter({ hasText: sentence }).waitFor();
    });

    it("says in one line whether the numbers are Mailgun's, and names the days on which they are not", async () => {
      const { body } = await session().app.get('/api/reconciliation');
      const sentence =
        "October 2026: 4,812,331 events, equal to Mailgun's count but for 14 opens on 12 October.";
      const day = {
        domain: 'mg.example.com',
        day: '2026-10-12',
        state: 'differs',
        sentences: ['14 opens more at Mailgun: <b>why</b>.'],
        lastError: null,
        finishedAt: '2026-10-13T02:10:00.000Z',
      };
      const answer = { ...body, configured: true, summary: { differs: 1, sentence }, items: [day] };
      const page = await session().visit();
      await page.route('**/api/reconciliation', (route) => route.fulfill({ json: answer }));
      await go(page, '/trouble');
      await page.getByRole('region', { name: 'Numbers' }).filter({ hasText: sentence }).waitFor();
      await page
        .getByRole('row', { name: /mg\.example\.com.*12 Oct.*14 opens more at Mailgun: <b>why<\/b>/s })
        .waitFor();
    });
  });
}
