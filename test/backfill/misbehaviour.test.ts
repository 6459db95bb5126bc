import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { event } from '../app/app';
import { listen } from '../http/listen';
import { misbehaviours } from '../mailgun-api/misbehaviours';
import type { MailgunAnswer, MailgunRequest } from '../mailgun-api/server';
import { backfill, type RecordApi, startComparing, startRecordedMailgun, stateOf } from './space';

const apis: readonly RecordApi[] = ['events', 'logs, events are gone'];

/** A page of rows that are there already, and where it says that reading goes on. */
type Page = (items: readonly object[], next: string) => MailgunAnswer;
const pages: Readonly<Record<(typeof apis)[number], Page>> = {
  events: (items, next) => ({ status: 200, body: { items, paging: { next } } }),
  'logs, events are gone': (items, next) => ({ status: 200, body: { items, pagination: { next } } }),
  'logs, events are not found': (items, next) => ({ status: 200, body: { items, pagination: { next } } }),
};

/** What Mailgun, or who stands in its place, answers from the second page on, and what is said of it. */
const wrong: readonly (readonly [
  name: string,
  answer: (page: Page, request: MailgunRequest, stranger: string) => MailgunAnswer,
  told: RegExp,
])[] = [
  ['no JSON', () => ({ status: 200, bytes: Buffer.from('hello') }), /what is not JSON/],
  ['JSON of another kind', () => ({ status: 200, body: { items: 5 } }), /something else than a page/],
  [
    'a redirect',
    (_, __, stranger) => ({ status: 307, headers: { location: stranger } }),
    /sends on to another address/,
  ],
  ['small bytes that unpack to many', () => misbehaviours.zeros(), /has more than \d+ bytes/],
  ['an answer without end', () => misbehaviours.large(), /has more than \d+ bytes/],
  ['a wait of thirty years', () => misbehaviours.longWait(), /asks to wait 60 seconds/],
  ['trouble of its own', () => ({ status: 502 }), /Mailgun answered 502/],
  ['a cut answer', () => ({ cut: 'half', body: { items: [] } }), /did not answer/],
  [
    'a page on another host',
    (page, _, stranger) => page([], `${stranger}/v3/mg.example.com/events/../../x`),
    /cannot be it|never comes/,
  ],
];

const hours = [20, 18, 16, 14, 12, 10];

async function start(api: RecordApi, answer: (request: MailgunRequest) => MailgunAnswer | null) {
  const mailgun = await startRecordedMailgun({
    api,
    pageSize: 2,
    before: [(request) => (/events|logs/.test(request.url.pathname) ? answer(request) : null)],
  });
  onTestFinished(mailgun.server.stop);
  for (const one of hours)
    mailgun.record.add(event('delivered', { timestamp: Date.now() / 1000 - one * 3600, tags: [`${one}`] }));
  const app = await startComparing(mailgun);
  onTestFinished(() => app.stop());
  const arrived = async () =>
    (await app.connection.getMany('email_events', {}).toArray()).map(({ tags }) => Number(tags));
  return { ...mailgun, app, arrived };
}

describe.each(apis)('a Mailgun that is wrong (%s)', (api) => {
  it.each(wrong.filter(([name]) => api === 'events' || name !== 'a page on another host'))(
    'answers %s: it is told, the cursor stays behind what is stored, and the next run has all',
    async (_, answer, told) => {
      const asked: string[] = [];
      const stranger = await listen(
        createServer((request, response) => {
          asked.push(request.url ?? '');
          response.end('{}');
        }),
      );
      onTestFinished(stranger.stop);
      let isWrong = true;
      let rows = 0;
      const { app, arrived } = await start(api, (request) => {
        if (api !== 'events' && request.method === 'GET') return null;
        rows += 1;
        return isWrong && rows > 1 ? answer(pages[api], request, stranger.url) : null;
      });
      await backfill(app);
      const [stopped] = (await stateOf(app)).items;
      expect(stopped?.lastError).toMatch(told);
      expect((await arrived()).length).toBeLessThan(hours.length);
      const until = Date.now() - Date.parse(stopped?.checkedUntil ?? '');
      for (const hour of hours.filter((one) => one * 3_600_000 > until + 1000))
        expect(await arrived()).toContain(hour);
      expect(asked).toEqual([]);

      isWrong = false;
      await app.connection.updateOne('backfill_cursors', 'lease', { $set: { heldUntil: 0 } });
      await backfill(app);
      expect((await arrived()).sort((a, b) => b - a)).toEqual(hours);
      expect((await stateOf(app)).items).toMatchObject([{ lastError: null }]);
    },
  );

  it.each([-7_200_000, 7_200_000])(
    'has a clock that is off by %s ms: nothing is compared until it is right',
    async (ahead) => {
      const { app, record, arrived } = await start(api, () => null);
      record.ahead = ahead;
      await backfill(app);
      expect((await stateOf(app)).items).toMatchObject([
        { checkedUntil: null, lastError: expect.stringMatching(/differ by 120 minutes/) },
      ]);
      expect(await arrived()).toEqual([]);
      record.ahead = ahead / 4;
      await backfill(app);
      expect(await arrived()).toHaveLength(hours.length);
      // By the clock that is behind.
      const [{ checkedUntil } = { checkedUntil: null }] = (await stateOf(app)).items;
      expect(Date.parse(checkedUntil ?? '')).toBeLessThan(Date.now() - 1_799_000);
    },
  );
});
