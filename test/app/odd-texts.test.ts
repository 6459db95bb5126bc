import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeApiSegment } from '../../src/dashboard/page/browser/encode-segment';
import { type App, event, sign, startApp } from './app';

let app: App;
beforeAll(async () => {
  app = await startApp('bundle');
});
afterAll(() => app.stop());

/** Texts that hashes, URLs and cuts are tripped by. */
const odd = [
  '\ud800',
  'a\udfffb',
  '\udc00\ud800',
  '.',
  '..',
  '%',
  '%41',
  '%2e%2e',
  '%2F',
  '~',
  '~Li4',
  'a/../b',
  '\\..\\',
  '?a=b',
  '#a',
  'a+b c',
  '\u0000\u0001',
  'é🎉',
  '🎉'.repeat(300),
  `${'x'.repeat(255)}🎉`,
  `${'x'.repeat(255)}\ud83c`,
  '__proto__',
];

const list = v.object({ items: v.array(v.record(v.string(), v.unknown())), next: v.null() });

/** Every text in an answer, and in the JSON texts in it but for the original. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]: [string, unknown]) => [
    name,
    ...(name === 'raw' ? [] : textsIn(name === 'userVariables' ? JSON.parse(String(item)) : item)),
  ]);
}

/** Asks the API. */
async function ask(path: string, method = 'GET') {
  const answer = await fetch(`${app.url}/api/${path}`, { method, headers: { 'x-apikey': app.apiKey } });
  expect({ path, status: answer.status }).toEqual({ path, status: 200 });
  const body: unknown = await answer.json();
  expect(textsIn(body).filter((text) => /\p{Surrogate}/u.test(text))).toEqual([]);
  return body;
}

async function valuesOf(path: string, field: string): Promise<string[]> {
  const { items } = v.parse(list, await ask(path));
  return items.flatMap((item) => (typeof item[field] === 'string' ? item[field] : []));
}

it('whatever text came in, it can be asked for, and its person erased', async () => {
  for (const [index, text] of odd.entries()) {
    const recipient = `"${index} ${text.replace(/["\\]/g, '').replace(/\p{Cc}/gu, '')}"@example.com`;
    const named = { recipient, tags: [text], message: { headers: { 'message-id': text, subject: text } } };
    for (const name of ['delivered', 'clicked'])
      expect(
        (await app.send(event(name, { ...named, url: text, 'user-variables': { [text]: text } }))).status,
      ).toBe(200);
    const headers = JSON.stringify([
      ['Subject', text],
      ['X-Mailgun-Tag', text],
    ]);
    const form = await app.sendForm([
      ['event', 'opened'],
      ['recipient', recipient],
      ['message-headers', headers],
      ['tag', text],
    ]);
    expect(form.status).toBe(200);
    const list = { email: `list-${index}@example.com`, list: 'unsubscribe', tag: text, why: text };
    expect((await app.call('POST', '/api/suppressions', list)).status).toBe(200);
  }
  await app.drain();
  await ask('events?limit=1000');
  await ask('suppressions/changes?limit=1000');
  const tags = await valuesOf('campaigns?limit=1000', 'tag');
  expect(tags.length).toBeGreaterThan(odd.length - 5);
  for (const tag of tags)
    expect(await ask(`campaigns/${encodeApiSegment(tag)}`)).toMatchObject({ tag, delivered: 1, clicks: 1 });
  for (const key of await valuesOf('events?limit=1000', 'key')) await ask(`events/${encodeApiSegment(key)}`);
  for (const messageId of new Set(await valuesOf('events?event=delivered&limit=1000', 'messageId')))
    expect(await ask(`messages/${encodeApiSegment(messageId)}`)).toMatchObject({ messageId });

  for (const email of await valuesOf('subscribers?limit=1000', 'email')) {
    expect(await ask(`subscribers/${encodeApiSegment(email)}`)).toMatchObject({ email });
    expect(await ask(`suppressions/${encodeApiSegment(email)}`)).toMatchObject({ email });
    await ask(`subscribers/${encodeApiSegment(email)}`, 'DELETE');
  }
  expect(await valuesOf('subscribers?limit=1000', 'email')).toEqual([]);
  const recipients = await valuesOf('events?limit=1000', 'recipient');
  expect(recipients.filter((recipient) => !recipient.endsWith('@erased.invalid'))).toEqual([]);
  expect(await app.audit()).toEqual([]);
});

it('the original is kept to the letter and without its signature, until its person is erased', async () => {
  const signature = sign();
  const original = `{ "event":"delivered","id":"to-the-letter", "timestamp": ${Math.floor(Date.now() / 1000)}.10,
    "recipient":"letter@example.com","size":12345678901234567890,"price":1.10,"twice":1,"twice":2,"\\u0061":"\\ud83c"}`;
  const body = `{"signature":${JSON.stringify(signature)}, "event-data" : ${original}, "signature":${JSON.stringify(signature)} }`;
  const sent = await app.post(body, 'application/json');
  expect(sent.status).toBe(200);
  await app.drain();
  const path = `/api/events/${sent.body.id}`;
  expect((await app.get(path)).body.raw).toBe(original);
  expect(JSON.stringify(await app.connection.findOne('email_events', String(sent.body.id)))).not.toContain(
    signature.token,
  );
  await app.call('DELETE', '/api/subscribers/letter@example.com');
  expect((await app.get(path)).body.raw).toBeNull();
});

it('a name that looks like an escape and is none is the name', async () => {
  await app.send(event('delivered', { tags: ['~', '~a b', '~welcome!'] }));
  await app.drain();
  for (const tag of ['~', '~a b', '~welcome!'])
    expect(await ask(`campaigns/${encodeURIComponent(tag)}`)).toMatchObject({ tag });
});
