import { expect, it, onTestFinished } from 'vitest';
import { event } from '../app/app';
import { backfill, startComparing, startRecordedMailgun, stateOf } from './space';

/** A delivery so many hours ago. */
function past(hours: number): Record<string, unknown> {
  return event('delivered', { timestamp: Date.now() / 1000 - hours * 3600, tags: [`${hours}`] });
}

it('reads the newest first where the owner wants it, and forgets no gap', async () => {
  let pages = 0;
  const mailgun = await startRecordedMailgun({
    // Mailgun has trouble in the middle of the gap, once.
    before: [({ url }) => (url.pathname.includes('/events') && ++pages === 4 ? { status: 503 } : null)],
  });
  onTestFinished(mailgun.server.stop);
  const hours = [1, 1.2, 5, 10, 20, 25, 30, 40];
  for (const one of hours) mailgun.record.add(past(one));
  const app = await startComparing(mailgun, 'bundle', { env: { BACKFILL_ORDER: 'newest' } });
  onTestFinished(() => app.stop());
  const arrived = async () =>
    (await app.connection.getMany('email_events', {}).toArray())
      .map(({ tags }) => Number(tags))
      .sort((a, b) => a - b);

  await backfill(app);
  const [first] = (await stateOf(app)).items;
  expect(await arrived()).toEqual([1, 1.2, 25, 30, 40]);
  // Everything before is stored: what was read ahead does not count until the gap is closed.
  expect(Date.parse(first?.checkedUntil ?? '')).toBeLessThan(Date.now() - 20 * 3_600_000);
  expect(first?.lastError).toMatch('503');

  await app.connection.updateOne('backfill_cursors', 'lease', { $set: { heldUntil: 0 } });
  await backfill(app);
  const [second] = (await stateOf(app)).items;
  expect(await arrived()).toEqual(hours);
  expect(Date.parse(second?.checkedUntil ?? '')).toBeGreaterThan(Date.now() - 0.6 * 3_600_000);
  expect(second?.lastError).toBeNull();
  expect(await app.audit()).toEqual([]);
});
