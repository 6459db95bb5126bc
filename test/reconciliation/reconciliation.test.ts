import { describe, expect, it, onTestFinished } from 'vitest';
import type { RecordedEvent } from '../mailgun-api/event-store';
import type { MetricsOptions } from '../mailgun-api/metrics';
import { disturbances, tooManyRequests } from '../mailgun-api/server';
import {
  causesOf,
  comparedDays,
  dayMs,
  dayOf,
  happened,
  type Mail,
  mailOf,
  newestDay,
  reasonsOf,
  reconcile,
  startCounted,
  tell,
} from './month';

const domain = 'mg.example.com';
const span = { from: dayOf(Date.parse(newestDay) - 2 * dayMs), to: newestDay };
/** Ten minutes past an hour in the middle of the newest day. */
const noon = Date.parse(newestDay) + 12 * 3_600_000 + 600_000;

async function start(options: Parameters<typeof startCounted>[1] = {}, domains = [domain]) {
  const mailgun = await startCounted(domains, options);
  onTestFinished(mailgun.server.stop);
  onTestFinished(() => mailgun.app.stop());
  return mailgun;
}

const mail = (
  name: string,
  fields: Record<string, unknown> = {},
  at = noon,
  rest: Partial<Mail> = {},
): Mail => ({
  data: happened(domain, at, name, fields),
  webhook: 'comes',
  isLate: false,
  ...rest,
});

it('finds what webhooks have lost, brings it back, and then the numbers are equal', async () => {
  const domains = [domain, 'mail.example.org'];
  const mailgun = await start({}, domains);
  const sent = mailOf({ domains, days: 3, perDay: 12 }, 7);
  await tell(mailgun, sent);
  mailgun.record.showLate();
  const lost = sent.filter(({ webhook }) => webhook === 'lost').length;
  expect((await comparedDays(mailgun, span)).summary).toMatchObject({ days: 0, sentence: null });
  mailgun.isRecordEmpty = true;
  await reconcile(mailgun, span);
  const before = await comparedDays(mailgun, span);
  expect(before.summary.unequal).toBe(lost);
  expect(reasonsOf(before)).toEqual(['notInRecord']);
  mailgun.isRecordEmpty = false;
  await reconcile(mailgun, span);
  const { summary, items } = await comparedDays(mailgun, span);
  expect(items.filter(({ state }) => state !== 'equal')).toEqual([]);
  expect(summary).toMatchObject({ days: 6, equal: 6, events: sent.length, mailgunEvents: sent.length });
  expect(summary.sentence).toMatch(/: \d+ events, equal to Mailgun's count\.$/);
  expect(items.reduce((sum, { broughtBack }) => sum + broughtBack, 0)).toBe(lost);
  expect(lost).toBeGreaterThan(3);
  expect(await mailgun.app.audit()).toEqual([]);
});

describe('what cannot be equal is named', () => {
  const recorded = (one: Mail): RecordedEvent => {
    const { event, id, timestamp } = one.data;
    return {
      ...one.data,
      event: String(event),
      id: String(id),
      timestamp: Number(timestamp),
      domain: { name: domain },
    };
  };

  /** Compares a day with the mail, of which a part is unknown to either side. */
  async function compare({
    both = [],
    onlyHere = [],
    onlyCounted = [],
    options = {},
  }: {
    both?: readonly Mail[];
    onlyHere?: readonly Mail[];
    onlyCounted?: readonly Mail[];
    options?: MetricsOptions;
  }) {
    const mailgun = await start({ ...options, onlyCounted: onlyCounted.map(recorded) });
    await tell(mailgun, both);
    for (const { data } of onlyHere) await mailgun.app.send(data);
    await mailgun.app.drain();
    await reconcile(mailgun, { from: newestDay, to: newestDay });
    const compared = await comparedDays(mailgun, { from: newestDay, to: newestDay });
    return { causes: causesOf(compared, newestDay), ...compared, state: compared.items[0]?.state };
  }

  it('an event that only its counts know', async () => {
    const { causes, state, summary } = await compare({
      both: [mail('opened'), mail('delivered')],
      onlyCounted: [mail('opened'), mail('opened')],
    });
    expect({ causes, state }).toEqual({ causes: ['opens notInRecord 2'], state: 'differs' });
    expect(summary.sentence).toMatch(/2 events, equal to Mailgun's count but for 2 opens on /);
  });

  it('events that only we have, with their keys', async () => {
    const { causes, items, state } = await compare({
      both: [mail('clicked'), mail('clicked')],
      onlyHere: [mail('clicked')],
    });
    expect({ causes, state }).toEqual({ causes: ['clicks onlyOurs -1'], state: 'differs' });
    expect(items[0]?.onlyOurs).toEqual([
      {
        key: expect.stringContaining('_clicked_'),
        event: 'clicked',
        occurredAt: new Date(noon).toISOString(),
      },
    ]);
  });

  it('an event that its record lists and its counts lack', async () => {
    const listed = mail('complained');
    const { causes } = await compare({
      both: [listed, mail('complained')],
      options: { uncounted: [String(listed.data.id)] },
    });
    expect(causes).toEqual(['complaints notInCounts -1']);
  });

  it.each<[string, Record<string, unknown>, MetricsOptions, string[]]>([
    [
      'test mode',
      { flags: { 'is-test-mode': true } },
      { countsTests: true },
      ['delivered test 1', 'deliveredSmtp test 1'],
    ],
    [
      'routed copies',
      { flags: { 'is-routed': true }, envelope: { transport: 'http' } },
      {},
      ['delivered routed 1', 'deliveredHttp routed 1'],
    ],
  ])('%s, which is nothing wrong', async (_, fields, options, causes) => {
    const found = await compare({ both: [mail('delivered'), mail('delivered', fields)], options });
    expect(found).toMatchObject({ causes, state: 'explained' });
    expect(found.summary.unequal).toBe(0);
  });

  it('by chance as many tests as are lost: the lost one comes back all the same', async () => {
    const test = mail('delivered', { flags: { 'is-test-mode': true } });
    const lost = mail('delivered', {}, noon, { webhook: 'lost' });
    const found = await compare({ both: [mail('delivered'), test, lost] });
    expect(found).toMatchObject({ causes: [], state: 'equal' });
    expect(found.items[0]).toMatchObject({ broughtBack: 1 });
  });

  it('tests that Mailgun does not count are no difference', async () => {
    const test = mail('delivered', { flags: { 'is-test-mode': true } });
    expect(await compare({ both: [mail('delivered'), test] })).toMatchObject({ causes: [], state: 'equal' });
  });

  it("failed calls of the owner's own URLs", async () => {
    const call = mail('failed', { severity: 'permanent', reason: 'generic', flags: { 'is-callback': true } });
    const { causes, state } = await compare({ both: [call] });
    expect(causes).toContain('failures callback 1');
    expect(causes.join()).not.toContain('webhookFailures');
    expect(state).toBe('explained');
  });

  it('an event that Mailgun counts behind midnight', async () => {
    const late = mail('opened', {}, Date.parse(newestDay) + dayMs - 100);
    const { causes, state } = await compare({ both: [late], options: { lateMs: 200 } });
    expect({ causes, state }).toEqual({ causes: ['opens rounding -1'], state: 'explained' });
  });

  it('an event that Mailgun counts in the next hour of the day is no difference of the day', async () => {
    const atHour = mail('opened', {}, Date.parse(newestDay) + 10 * 3_600_000 - 100);
    const { causes } = await compare({
      both: [atHour],
      onlyCounted: [mail('clicked')],
      options: { lateMs: 200 },
    });
    expect(causes).toEqual(['clicks notInRecord 1']);
  });

  it('a name that Mailgun does not know is not compared', async () => {
    const stored = mail('stored', { recipient: 'inbox@example.com' });
    const { causes, state, items } = await compare({
      both: [stored],
      options: { unknown: ['stored_count'] },
    });
    expect({ causes, state, differences: items[0]?.differences }).toEqual({
      causes: [],
      state: 'equal',
      differences: [],
    });
  });
});

it('says what keeps Mailgun from answering, and goes on when it does', async () => {
  const trouble = disturbances(({ url }) => url.pathname === '/v1/analytics/metrics');
  const mailgun = await start({ before: [trouble.routes] });
  await tell(mailgun, [mail('opened', {}, noon, { webhook: 'lost' })]);
  const ask = (body: object = {}) =>
    mailgun.app.call('POST', '/api/reconciliation', { from: newestDay, to: newestDay, ...body });
  trouble.next({ status: 402, body: { message: 'Upgrade your plan' } });
  expect((await ask()).body).toMatchObject({
    done: false,
    problem: {
      detail: 'Mailgun answered 402 when asked for its counts: Upgrade your plan.',
      retrySeconds: null,
    },
  });
  const { items } = await comparedDays(mailgun, span);
  expect(items).toMatchObject([{ day: newestDay, state: 'open', lastError: expect.stringContaining('402') }]);
  trouble.next({ status: 200, body: { items: [{ dimensions: [], metrics: {} }] } });
  expect((await ask()).body).toMatchObject({
    problem: { detail: expect.stringContaining('something else than its counts') },
  });
  trouble.next(tooManyRequests(1));
  expect((await ask()).body).toMatchObject({ done: false, problem: { retrySeconds: 1 } });
  await reconcile(mailgun, { from: newestDay, to: newestDay });
  expect((await comparedDays(mailgun, span)).items).toMatchObject([
    { state: 'equal', broughtBack: 1, lastError: null },
  ]);
});

it('the night compares the last days by itself, and tells of what stays different', async () => {
  const before = mail('delivered', {}, noon - 20 * dayMs);
  const counted = mail('opened');
  const mailgun = await start({
    onlyCounted: [
      { event: 'opened', id: String(counted.data.id), timestamp: noon / 1000, domain: { name: domain } },
    ],
  });
  await tell(mailgun, [before, mail('delivered', {}, noon, { webhook: 'lost' })]);
  await expect
    .poll(
      async () => {
        await mailgun.app.runJobs('4-59/10 * * * *');
        const { items } = await comparedDays(mailgun, span);
        return items.filter(({ state }) => state === 'open').length === 0 && items.length > 2;
      },
      { timeout: 60_000 },
    )
    .toBe(true);
  const compared = await comparedDays(mailgun, span);
  expect(causesOf(compared, newestDay)).toEqual(['opens notInRecord 1']);
  expect(compared.items.find(({ day }) => day === newestDay)).toMatchObject({ broughtBack: 1 });
  const asked = mailgun.server.seen.length;
  await mailgun.app.runJobs('4-59/10 * * * *');
  expect(mailgun.server.seen.length).toBe(asked);
  await mailgun.app.runJobs('*/1 * * * *');
  const { body } = await mailgun.app.get('/api/alerts');
  expect(body.items).toMatchObject([{ rule: 'numbers-differ', scope: `domain:${domain}` }]);
});

it('two runners at once end as one does', async () => {
  const mailgun = await start();
  const sent = mailOf({ domains: [domain], days: 3, perDay: 10 }, 5);
  await tell(mailgun, sent);
  mailgun.record.showLate();
  const ask = () => mailgun.app.call('POST', '/api/reconciliation', span);
  const answers = await Promise.all([ask(), ask(), ask()]);
  for (const { status } of answers) expect(status).toBe(200);
  await Promise.all([reconcile(mailgun, span), reconcile(mailgun, span)]);
  const { summary } = await comparedDays(mailgun, span);
  expect(summary).toMatchObject({ days: 3, equal: 3, events: sent.length });
});
