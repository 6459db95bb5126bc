import { readFileSync } from 'node:fs';
import { createServer, request as forward, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type App, event, startApp } from '../app/app';
import { chromiumPath, startBrowser } from './browser';

/** What a sender or a recipient could write anywhere. */
const hostile = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202egnp.exe';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

/** Serves the space without its name in the path, as an alias domain does. */
function serveAtRoot(app: App): Promise<{ server: Server; url: string }> {
  const server = createServer((incoming, outgoing) => {
    const target = new URL(app.url + (incoming.url ?? ''));
    const passed = forward(target, { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ server, url: `http://127.0.0.1:${port}` });
    });
  });
}

describe.skipIf(chromiumPath === undefined)('the dashboard', () => {
  let app: App;
  let browser: Browser;
  let page: Page;
  /** What went wrong in the page, and every host that it asked. */
  let complaints: string[];
  let hosts: Set<string>;

  beforeAll(async () => {
    app = await startApp('bundle');
    browser = await startBrowser();
    const ago = (minutes: number) => Date.now() / 1000 - minutes * 60;
    for (let n = 0; n < 5; n += 1) {
      const recipient = `person${n}@gmail.com`;
      await app.send(event('accepted', { recipient, tags: ['spring'], timestamp: ago(60) }));
      await app.send(event('delivered', { recipient, tags: ['spring'], timestamp: ago(59) }));
    }
    await app.send(
      event('delivered', { recipient: 'person0@gmail.com', tags: ['autumn'], timestamp: ago(50) }),
    );
    await app.send(
      event('opened', {
        recipient: 'person0@gmail.com',
        tags: ['spring'],
        timestamp: ago(40),
        'client-info': { bot: 'apple' },
      }),
    );
    await app.send(event('complained', { recipient: 'person1@gmail.com', timestamp: ago(30) }));
    await app.send(
      event('clicked', {
        recipient: '"<script>window.hacked=1</script>"@example.com',
        id: 'hostile-click',
        tags: [hostile],
        url: 'javascript:window.hacked=1',
        'user-variables': { [hostile]: hostile },
        message: { headers: { 'message-id': 'hostile@x', subject: hostile + 'x'.repeat(10_000) } },
        'client-info': { 'user-agent': hostile, 'client-name': hostile },
        geolocation: { city: hostile, country: hostile },
        timestamp: ago(20),
      }),
    );
    await app.settle();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  beforeEach(async () => {
    complaints = [];
    hosts = new Set();
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => hosts.add(new URL(request.url()).hostname));
  });
  afterEach(async () => {
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual(['127.0.0.1']);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    await page.close();
  });

  async function open(view = '', base = app.url): Promise<void> {
    await page.goto(`${base}/dashboard#${view}`);
    await page.getByLabel('API key').fill(app.apiKey);
    await page.getByRole('button', { name: 'Open the dashboard' }).click();
  }

  const shows = (text: string | RegExp) => page.getByText(text).first().waitFor();

  it('asks for the key once, says when it is refused, and keeps it in the tab', async () => {
    await page.goto(`${app.url}/dashboard`);
    await page.getByLabel('API key').fill('wrong');
    await page.getByRole('button', { name: 'Open the dashboard' }).click();
    await page.getByRole('alert').waitFor();
    // The browser itself notes the refused request.
    complaints = complaints.filter((text) => !/40[13]/.test(text));
    await page.getByLabel('API key').fill(app.apiKey);
    await page.getByRole('button', { name: 'Open the dashboard' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(await page.evaluate('Object.keys(localStorage).join()')).not.toContain('key');
    expect(page.url()).not.toContain(app.apiKey);
  });

  it('shows what became of all mail, under a prefix and at the root', async () => {
    await open();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await shows('Gmail');
    await shows('spring');
    const { server, url } = await serveAtRoot(app);
    const first = page;
    page = await browser.newPage();
    await open('', url);
    await shows('Gmail');
    await page.close();
    page = first;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('sorts and searches campaigns, and keeps both in the link', async () => {
    await open('/campaigns');
    const tags = async () => page.locator('tbody tr th, tbody tr td:first-child').allInnerTexts();
    await shows('autumn');
    await page
      .getByRole('button', { name: /^Delivered/ })
      .or(page.getByRole('link', { name: /^Delivered/ }))
      .first()
      .click();
    await expect.poll(async () => (await tags())[0]).toContain('spring');
    await page.getByRole('searchbox').fill('aut');
    await expect.poll(async () => (await tags()).some((text) => text.includes('spring'))).toBe(false);
    expect(page.url()).toMatch(/aut/);
    await page.getByRole('link', { name: 'autumn' }).click();
    await page.getByRole('heading', { name: 'autumn' }).waitFor();
  });

  it('fills the list of events while webhooks come in', async () => {
    await open('/events');
    await shows('person0@gmail.com');
    await app.send(event('delivered', { recipient: 'just-now@example.com' }));
    await shows('just-now@example.com');
  });

  it('shows one event with its original, hostile or not, as text', async () => {
    await open('/events');
    await page.locator('tr', { hasText: 'window.hacked' }).first().locator('a').first().click();
    await shows(/onerror/);
    expect(await page.locator('a[href^="javascript:"]').count()).toBe(0);
  });

  it('finds an address, reactivates it, and erases it after a confirmation', async () => {
    await open('/addresses');
    await page.getByRole('searchbox').fill('person1@');
    await page.getByRole('link', { name: 'person1@gmail.com' }).first().click();
    await shows('Do not write to it');
    await page.getByRole('button', { name: 'Reactivate …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reactivate' }).click();
    await shows('May be written to');
    await page.getByRole('button', { name: 'Erase …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('person1@gmail.com');
    await dialog.getByRole('button', { name: 'Erase for good' }).click();
    await page.getByRole('heading', { name: 'Erased' }).waitFor();
    expect((await app.get('/api/subscribers/person1@gmail.com')).status).toBe(404);
  });

  it('shows what was given up, and gives it another try', async () => {
    const { body } = await app.send(event('delivered', { recipient: 'stuck@example.com' }));
    await app.settle();
    await app.connection.updateOne('email_events', String(body.id), {
      $set: { state: 'dead', lastError: 'the shop was closed' },
    });
    await open('/trouble');
    await shows('the shop was closed');
    await page.getByRole('button', { name: 'Requeue this event' }).click();
    await shows('No event was given up.');
    await app.settle();
    expect((await app.get(`/api/events/${encodeURIComponent(String(body.id))}`)).body.state).toBe('done');
  });

  it.each(['light', 'dark'] as const)('is accessible in every view, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await open();
    for (const [view, heading] of [
      ['/', 'Overview'],
      ['/campaigns', 'Campaigns'],
      ['/campaigns/spring', 'spring'],
      ['/addresses', 'Addresses'],
      ['/addresses/person0@gmail.com', 'person0@gmail.com'],
      ['/events', 'Events'],
      ['/messages', 'Messages'],
      ['/trouble', 'Trouble'],
    ] as const) {
      await page.evaluate(`location.hash = ${JSON.stringify(view)}`);
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      // Run in the page's own world, past the content security policy that keeps everything else out.
      await page.evaluate(axe);
      const found = await page.evaluate(
        `axe.run().then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
      );
      expect({ view, found }).toEqual({ view, found: [] });
    }
  });
});
