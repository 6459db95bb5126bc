import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { planCampaign, sendDeliveries } from '../../tools/simulate/index';
import { type App, event, signingKey } from '../app/app';
import { backfill, type RecordedMailgun, startComparing, startRecordedMailgun } from '../backfill/space';
import { type AliasProxy, startAliasProxy } from './alias-proxy';
import { startBrowser } from './browser';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

/** Tags of the simulated campaign. */
export const tags = ['spring-sale', 'newsletter'] as const;
const recipients = 150;

/** One message whose whole way is known. */
export const known = {
  id: 'known-1@mg.example.com',
  tag: 'known',
  amy: 'amy@known.example',
  bob: 'bob@known.example',
  /** What a variable of an event about him says. */
  order: 'HP-1234',
  /** Whom no webhook told of. */
  lost: ['lost1@known.example', 'lost2@known.example'],
  /** Good addresses that Mailgun lists. */
  blocked: ['dan@outlook.com', 'eve@outlook.com'],
};

/** Destinations may lie on this machine, and there is one that nothing is told. */
const telling = {
  ALERT_ALLOW_PRIVATE_DESTINATIONS: 'yes',
  ALERT_DESTINATIONS: JSON.stringify([
    { name: 'From the start', kind: 'slack', url: 'https://nobody.invalid/services/T0/B0/x' },
  ]),
};

interface VisitOptions {
  /** Where the space is; default under its name. */
  base?: string;
  /** False leaves the key to be asked for. */
  hasKey?: boolean;
  scheme?: 'light' | 'dark';
  isPhone?: boolean;
  /** What the browser itself may complain about, such as requests that the test lets fail. */
  tolerated?: RegExp;
  /** Replaces the clock of the page by one that the test moves. */
  hasOwnClock?: boolean;
}

interface Visit {
  context: BrowserContext;
  page: Page;
  tolerated: RegExp | undefined;
  complaints: string[];
  requested: string[];
}

function minutesAgo(minutes: number): number {
  return Date.now() / 1000 - minutes * 60;
}

/** Every event of the message whose way is known. */
function knownEvents(): object[] {
  const message = { headers: { 'message-id': known.id, subject: 'Known from the start' } };
  const about = (recipient: string, name: string, minutes: number, fields = {}) =>
    event(name, { recipient, message, tags: [known.tag], timestamp: minutesAgo(minutes), ...fields });
  return [
    about(known.amy, 'accepted', 90),
    about(known.amy, 'delivered', 89),
    about(known.amy, 'opened', 60, { 'client-info': { 'client-name': 'Firefox', bot: null } }),
    about(known.amy, 'clicked', 59, { url: 'https://shop.example/known' }),
    about(known.bob, 'accepted', 90),
    about(known.bob, 'delivered', 88),
    about(known.bob, 'complained', 30, { 'user-variables': { order_id: known.order } }),
  ];
}

/** A provider has blocked the sender, so that Mailgun lists good addresses. */
function blockedEvents(): object[] {
  return known.blocked.map((recipient) =>
    event('failed', {
      recipient,
      severity: 'permanent',
      reason: 'bounce',
      timestamp: minutesAgo(100),
      'delivery-status': { code: 550, message: '5.7.606 Access denied, banned sending IP' },
    }),
  );
}

/**
 * A space that a simulated campaign was played against, and a browser. Whatever a page does while it is
 * visited is recorded: what it complains about, whom it asks, and whether somebody else's script ran.
 */
export class DashboardSession {
  readonly app: App;
  /** The account whose record the space is compared with. */
  readonly mailgun: RecordedMailgun;
  readonly proxy: AliasProxy;
  readonly #browser: Browser;
  #visits: Visit[] = [];

  private constructor(app: App, mailgun: RecordedMailgun, proxy: AliasProxy, browser: Browser) {
    this.app = app;
    this.mailgun = mailgun;
    this.proxy = proxy;
    this.#browser = browser;
  }

  static async build(): Promise<DashboardSession> {
    const mailgun = await startRecordedMailgun();
    // Before the app begins to compare: what is added behind its back would be found only much later.
    const timestamp = minutesAgo(120);
    for (const recipient of known.lost) mailgun.record.add(event('delivered', { recipient, timestamp }));
    const [app, browser] = await Promise.all([
      startComparing(mailgun, 'bundle', { env: { ...telling, SEARCHABLE_VARIABLES: 'order_id' } }),
      startBrowser(),
    ]);
    const plan = planCampaign({ recipients, tags, seed: 7 });
    const { surprises } = await sendDeliveries(plan.deliveries, { url: app.url, signingKey });
    expect([...surprises]).toEqual([]);
    for (const each of [...knownEvents(), ...blockedEvents()]) await app.send(each);
    await app.drain();
    await backfill(app);
    return new DashboardSession(app, mailgun, await startAliasProxy(app.url), browser);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.proxy.close();
    await this.app.stop();
    await this.mailgun.server.stop();
  }

  /** Opens a view in a tab of its own. */
  async visit(view = '', options: VisitOptions = {}): Promise<Page> {
    const { base = this.app.url, hasKey = true, scheme = 'light', isPhone = false } = options;
    const context = await this.#browser.newContext({
      viewport: isPhone ? { width: 375, height: 780 } : { width: 1280, height: 860 },
      colorScheme: scheme,
      ...(isPhone ? { isMobile: true, hasTouch: true } : {}),
    });
    const page = await context.newPage();
    const visit: Visit = { context, page, tolerated: options.tolerated, complaints: [], requested: [] };
    this.#visits.push(visit);
    page.on('console', (message) => {
      if (message.type() === 'error') visit.complaints.push(message.text());
    });
    page.on('pageerror', (error) => visit.complaints.push(error.message));
    const count = (change: number) => underWay.set(page, (underWay.get(page) ?? 0) + change);
    page.on('request', (request) => {
      visit.requested.push(request.url());
      count(1);
    });
    page.on('requestfinished', () => count(-1));
    page.on('requestfailed', () => count(-1));
    if (options.hasOwnClock === true) await page.clock.install();
    if (hasKey) {
      const name = `api-key:${new URL(base).pathname.replace(/^\/$/, '')}`;
      const given = JSON.stringify([name, this.app.apiKey]);
      await page.addInitScript(`sessionStorage.setItem(...${given})`);
    }
    await page.goto(`${base}/dashboard#${view}`);
    return page;
  }

  /** What a page has asked for since it was opened. */
  requestsOf(page: Page): readonly string[] {
    return this.#visits.find((visit) => visit.page === page)?.requested ?? [];
  }

  /** Ends the visits of a test, and checks what every page must keep to. */
  async endVisits(): Promise<void> {
    const visits = this.#visits;
    this.#visits = [];
    this.proxy.state = 'open';
    const own = [new URL(this.app.url).origin, new URL(this.proxy.url).origin];
    for (const { context, page, complaints, requested, tolerated } of visits) {
      const hacked: unknown = page.isClosed() ? undefined : await page.evaluate('window.hacked');
      await context.close();
      expect(hacked).toBeUndefined();
      expect(complaints.filter((text) => tolerated?.test(text) !== true)).toEqual([]);
      const foreign = requested.filter(
        (url) => /^(https?|wss?):/.test(url) && !own.includes(new URL(url).origin),
      );
      expect(foreign).toEqual([]);
    }
  }
}

/** How long a condition is waited for, on a machine that has other work too. */
export const soon = { timeout: 20_000 };

/** Waits until a text can be seen. */
export async function shows(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).filter({ visible: true }).first().waitFor();
}

/** Run in the page: resolves when what was changed is on the screen, and nothing there is waited for. */
const painted = `new Promise((resolve) => {
  const look = () =>
    document.querySelector('.loading, .is-stale') === null ? setTimeout(resolve) : requestAnimationFrame(look);
  requestAnimationFrame(() => requestAnimationFrame(look));
})`;

/** Requests of a page that are under way. */
const underWay = new WeakMap<Page, number>();

/** Waits until a view has all that it asked for. */
export async function drained(page: Page): Promise<void> {
  do await page.evaluate(painted);
  while ((underWay.get(page) ?? 0) > 0);
}

/** Goes to another view within the page. */
export async function go(page: Page, view: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(view)}`);
  await drained(page);
}

/** The text of the cells of a column, from the top. */
export function column(page: Page, place: number): Promise<string[]> {
  return page.locator(`main tbody tr > :nth-child(${place})`).allInnerTexts();
}

/** What axe calls serious or critical, as text; the dark form differs from the light one by its colours alone. */
export async function seriousFindings(page: Page, scheme: 'light' | 'dark' = 'light'): Promise<unknown> {
  const options = scheme === 'dark' ? { runOnly: ['color-contrast'] } : {};
  // Evaluated in the page past its content security policy, which keeps every other script out.
  await page.evaluate(axe);
  return page.evaluate(
    `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 300)).join(' ')))`,
  );
}

/** How far the page reaches beyond the window to the side, in pixels. */
export async function sidewaysRoom(page: Page): Promise<number> {
  return Number(
    await page.evaluate(
      'Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)',
    ),
  );
}
