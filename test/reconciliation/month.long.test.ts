import { expect, it, onTestFinished } from 'vitest';
import {
  comparedDays,
  dayMs,
  dayOf,
  mailOf,
  newestDay,
  reasonsOf,
  reconcile,
  startCounted,
  tell,
} from './month';

const domains = ['mg.example.com', 'mail.example.org', 'news.example.net'];
const days = 31;

it('a month with losses, duplicates and late events is equal on every domain and day', {
  timeout: 600_000,
}, async () => {
  const mailgun = await startCounted(domains);
  onTestFinished(mailgun.server.stop);
  onTestFinished(() => mailgun.app.stop());
  const mail = mailOf({ domains, days, perDay: 30 }, 31);
  await tell(mailgun, mail);
  mailgun.record.showLate();
  const lost = mail.filter(({ webhook }) => webhook === 'lost').length;
  expect(lost).toBeGreaterThan(200);

  const span = { from: dayOf(Date.parse(newestDay) - (days - 1) * dayMs), to: newestDay };
  mailgun.isRecordEmpty = true;
  await reconcile(mailgun, span);
  const before = await comparedDays(mailgun, span);
  expect(before.summary.unequal).toBe(lost);
  expect(before.summary.differs).toBeGreaterThan(60);
  expect(reasonsOf(before)).toEqual(['notInRecord']);

  mailgun.isRecordEmpty = false;
  await reconcile(mailgun, span);
  const { summary, items } = await comparedDays(mailgun, span);
  expect(items.filter(({ state }) => state !== 'equal')).toEqual([]);
  expect(summary).toMatchObject({ days: domains.length * days, equal: domains.length * days, unequal: 0 });
  expect(summary.events).toBe(mail.length);
  expect(summary.mailgunEvents).toBe(mail.length);
  expect(items.reduce((sum, { broughtBack }) => sum + broughtBack, 0)).toBe(lost);
  expect(await mailgun.app.audit()).toEqual([]);
});
