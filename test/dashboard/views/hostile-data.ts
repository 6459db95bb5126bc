import { beforeAll, describe, expect, it } from 'vitest';
import { event } from '../../app/app';
import { type DashboardSession, go, shows, sidewaysRoom } from '../dashboard-session';

/** What somebody could write into any field that a sender or a recipient controls. */
const script = '<script>window.hacked=1</script>';
const handler = '"\'><img src=x onerror="window.hacked=1"><svg onload=window.hacked=1>';
const turned = '\u202egnp.exe\u2067';
const long = 'W'.repeat(10_000);
const hostile = `${script}${handler}${turned}`;

/** An address may hold what it likes between quotes. */
const recipient = `"${script}"@example.com`;
const recipients = [
  recipient,
  `${'w'.repeat(300)}@example.com`,
  '__proto__@example.com',
  'onload=hacked=1@example.org',
] as const;

const tags = [hostile, '__proto__', 'constructor', 'javascript:window.hacked=1', turned, long];

/** Events of every kind with the text in every field, and with names that mean something to JavaScript. */
function hostileEvents(text: string, who: string, isEveryKind: boolean): object[] {
  const fields = {
    recipient: who,
    'recipient-domain': text,
    'recipient-provider': text.slice(0, 200),
    tags: [text, ...tags],
    campaigns: [{ id: text, name: text }],
    'user-variables': { [text]: text, ['__proto__']: text, constructor: { prototype: text } },
    domain: { name: text.slice(0, 200) },
    account: { id: text },
    envelope: { sender: text, targets: text },
    message: {
      headers: { 'message-id': `${text}-${who}`, subject: text, from: text, to: text },
      attachments: [{ filename: text, 'content-type': text }],
    },
    'client-info': {
      'client-type': text,
      'client-name': text,
      'client-os': text,
      'device-type': text,
      'user-agent': text,
    },
    geolocation: { city: text, region: text, country: text },
    ip: text,
    'mailing-list': { address: text },
    severity: 'permanent',
    reason: text,
    reject: { reason: text, description: text },
    'delivery-status': {
      code: 550,
      'enhanced-code': text,
      message: text,
      description: text,
      'mx-host': text,
      'bounce-type': text,
      'attempt-no': 1,
    },
  };
  const kinds = [
    event('clicked', { ...fields, url: `javascript:window.hacked=1//${text}` }),
    event('failed', fields),
    event('opened', fields),
    event('accepted', fields),
    event('unsubscribed', fields),
    event('complained', fields),
    event('rejected', fields),
    event(`newfangled ${text.slice(0, 300)}`, fields),
    event('clicked', { ...fields, url: `data:text/html,${text}` }),
    event('clicked', { ...fields, url: `https://example.com/"onmouseover="window.hacked=1"${text}` }),
  ];
  return isEveryKind ? kinds : kinds.slice(0, 3);
}

/**
 * Run in the page: elements that only somebody else's text can have made, links that would run or load
 * something else than a web page, attributes that run something, and texts whose marks turn the direction
 * around them.
 */
const findings = String.raw`(() => {
  const elements = [...document.body.querySelectorAll('*')];
  const isolates = (element) =>
    element !== null &&
    (/isolate|plaintext/.test(getComputedStyle(element).unicodeBidi) || isolates(element.parentElement));
  const turning = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { textContent, parentElement } = texts.currentNode;
    const isShown = parentElement.closest('script, noscript') === null;
    if (/[\u202a-\u202e\u2066-\u2069]/.test(textContent) && isShown && !isolates(parentElement))
      turning.push(parentElement.outerHTML.slice(0, 200));
  }
  return {
    foreign: elements
      .filter((element) => element.matches('img, iframe, object, embed, main script, main style'))
      .map((element) => element.outerHTML.slice(0, 200)),
    links: [...document.links].map(({ href }) => href).filter((href) => !/^https?:/.test(href)),
    handlers: elements.flatMap((element) => element.getAttributeNames()).filter((name) => name.startsWith('on')),
    turning,
  };
})()`;

const nothing = { foreign: [], links: [], handlers: [], turning: [], room: 0 };

/** Sends all of it. @returns the keys of the events */
async function sendHostile({ app }: DashboardSession): Promise<string[]> {
  const events = [
    ...hostileEvents(hostile, recipient, true),
    ...hostileEvents(`${turned}${long}`, recipients[1], false),
    ...hostileEvents('__proto__', recipients[2], false),
    ...hostileEvents('javascript:window.hacked=1', recipients[3], false),
  ];
  const keys: string[] = [];
  for (const each of events) {
    const { status, body } = await app.send(each);
    expect(status).toBe(200);
    keys.push(String(body.id));
  }
  await app.drain();
  for (const key of keys.slice(0, 6))
    await app.connection.updateOne('email_events', key, {
      $set: { state: 'dead', lastError: `${hostile}${long}` },
    });
  return keys;
}

/** The addresses of every view that shows some of it. */
function viewsOf(keys: readonly string[]): string[] {
  const links = (view: string, names: readonly string[]) =>
    names.map((name) => `${view}${encodeURIComponent(name)}`);
  return [
    '/?range=all',
    ...links('/?domain=', [hostile]),
    '/campaigns',
    ...links('/campaigns?search=', [hostile]),
    // No address of a page is that long.
    ...links(
      '/campaigns/',
      tags.filter((tag) => tag !== long),
    ),
    '/addresses',
    ...links('/addresses/', recipients),
    '/events',
    ...links('/events?event=clicked&tag=', [hostile]),
    ...links('/events/', keys),
    '/messages',
    ...links('/messages/', [`${hostile}-${recipient}`]),
    '/trouble',
  ];
}

export function testHostileData(session: () => DashboardSession): void {
  describe('hostile data', () => {
    let keys: string[];
    beforeAll(async () => {
      keys = await sendHostile(session());
    });

    it.each([
      { device: 'a desk', isPhone: false },
      { device: 'a phone', isPhone: true },
    ])('is text in every view on $device, runs nothing and breaks no layout', async ({ isPhone }) => {
      const page = await session().visit('', { tolerated: /status of 404/, isPhone });
      for (const view of viewsOf(isPhone ? keys.slice(9) : keys)) {
        await go(page, view);
        const found = { ...Object(await page.evaluate(findings)), room: await sidewaysRoom(page) };
        expect({ view: view.slice(0, 200), ...found }).toEqual({ view: view.slice(0, 200), ...nothing });
      }
    });

    it.each([
      { written: '..', shown: '..' },
      { written: '%41', shown: '%41' },
      { written: 'half \ud83c', shown: 'half \ufffd' },
    ])('the tag $written, which no URL can carry, has its view', async ({ written, shown }) => {
      const { app } = session();
      await app.send(event('delivered', { tags: [written], recipient: 'odd@example.com' }));
      await app.drain();
      const page = await session().visit(`/campaigns?search=${encodeURIComponent(shown)}`);
      await page.getByRole('link', { name: shown, exact: true }).click();
      await page.getByRole('heading', { name: shown }).waitFor();
      await shows(page, /of sent/);
    });

    it('is named in full where it is the subject', async () => {
      const { body } = await session().app.get(
        `/api/events?event=clicked&recipient=${encodeURIComponent(recipient)}`,
      );
      const [{ key }] = Object(body.items);
      const page = await session().visit(`/events/${encodeURIComponent(key)}`);
      await shows(page, hostile);
      await shows(page, '"user-agent"');
      await go(page, `/addresses/${encodeURIComponent(recipient)}`);
      await page.getByRole('heading', { name: recipient }).waitFor();
      await go(page, `/campaigns/${encodeURIComponent(hostile)}`);
      await page.getByRole('heading', { name: hostile }).waitFor();
    });
  });
}
