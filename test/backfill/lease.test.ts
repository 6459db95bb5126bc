import { expect, it, onTestFinished } from 'vitest';
import { compareDomain } from '../../src/backfill/compare-domain';
import { noCursor, readCursor } from '../../src/backfill/cursors';
import { extendLease, holdLease, isPaused, returnLease, takeLease } from '../../src/backfill/lease';
import { readMailgunSettings } from '../../src/settings/settings';
import { connect } from '../../src/store/connection';
import { event } from '../app/app';
import { startComparing, startRecordedMailgun } from './space';

const domain = 'mg.example.com';
const name = { domain };
const minuteMs = 60_000;

/** A space that runs from its sources, so that the test shares its storage. */
async function start() {
  const mailgun = await startRecordedMailgun();
  onTestFinished(mailgun.server.stop);
  const app = await startComparing(mailgun, 'sources');
  onTestFinished(() => app.stop());
  return { ...mailgun, app, connection: await connect() };
}

it('is one runner’s until it is given back or has run out, and cannot be held anew by one that lost it', async () => {
  const { connection } = await start();
  const now = Date.now();
  const take = (holder: string, at: number) =>
    takeLease(connection, { name, holder, now: at, until: at + minuteMs });
  expect(await take('first', now)).toBe(true);
  expect(await take('second', now + 1000)).toBe(false);
  expect(await extendLease(connection, { name, holder: 'first', until: now + 2 * minuteMs })).toBe(true);
  expect(await take('second', now + 1.5 * minuteMs)).toBe(false);

  expect(await take('second', now + 3 * minuteMs)).toBe(true);
  expect(await extendLease(connection, { name, holder: 'first', until: now + 9 * minuteMs })).toBe(false);
  await returnLease(connection, name, 'first', { heldUntil: 0 });
  expect(await take('third', now + 3 * minuteMs)).toBe(false);
  await returnLease(connection, name, 'second', { heldUntil: 0 });
  expect(await take('third', now + 3 * minuteMs)).toBe(true);
  // A domain's lease is its own.
  expect(
    await takeLease(connection, { name: { domain: 'b.example' }, holder: 'x', now, until: now + 1 }),
  ).toBe(true);
});

it('who plans holds up no run, a pause of Mailgun does', async () => {
  const { connection } = await start();
  const now = Date.now();
  await takeLease(connection, { name: 'events', holder: 'planner', now, until: now + minuteMs });
  expect(await isPaused(connection, now)).toBe(false);
  await returnLease(connection, 'events', 'planner', { heldUntil: 0 });
  await holdLease(connection, now + minuteMs, 'Mailgun asks to wait.');
  expect(await isPaused(connection, now)).toBe(true);
  expect(await isPaused(connection, now + 2 * minuteMs)).toBe(false);
});

it('a run that was overtaken stops behind the page that it has stored', async () => {
  const { connection, record, env, app } = await start();
  for (let hours = 1; hours < 11; hours += 1)
    record.add(event('delivered', { timestamp: Date.now() / 1000 - hours * 3600 }));
  const read = readMailgunSettings(env);
  if ('problem' in read) throw new Error(read.problem);
  const limits = { oldest: '', deadline: Date.now() + minuteMs, isOurs: async () => false };
  expect(await compareDomain(connection, read.settings, domain, noCursor, limits)).toBeNull();
  expect(await app.connection.count('email_events', {})).toBe(3);
  const { checkedUntil, rest } = await readCursor(connection, domain);
  expect(checkedUntil).toBeLessThan(Date.now() / 1000 - 7 * 3600);
  expect(rest).not.toBeNull();
});
