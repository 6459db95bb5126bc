import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import type { Space } from '../../local/space';
import { chromiumPath, startBrowser } from './browser';
import { startDemoSpace } from './demo-space';

interface Picture {
  name: string;
  view: string;
  scheme?: 'light' | 'dark';
  isPhone?: boolean;
  /** Of the window, in pixels; a usual one where it is left out. */
  height?: number;
  /** All of the view, not only what the window shows. */
  isWhole?: boolean;
}

const address = 'ana.berg@lindgren.example';
const clicks = '/events?event=clicked&tag=gift-guide';

/** What the documents show. */
function pictures(message: string): Picture[] {
  return [
    { name: 'overview', view: '/' },
    { name: 'overview-dark', view: '/', scheme: 'dark' },
    { name: 'campaigns', view: '/campaigns?sort=-delivered' },
    { name: 'campaign', view: '/campaigns/black-friday-preview' },
    { name: 'address-dark', view: `/addresses/${address}`, scheme: 'dark' },
    { name: 'events-dark', view: '/events', scheme: 'dark' },
    { name: 'message', view: `/messages/${encodeURIComponent(message)}` },
    { name: 'alerts', view: '/alerts', height: 990 },
    { name: 'trouble', view: '/trouble', height: 990 },
    { name: 'overview-phone', view: '/', isPhone: true },
    { name: 'events-phone', view: '/events', isPhone: true, scheme: 'dark' },
  ];
}

/** Every view, to be looked at. */
function everyView(event: string, message: string): Picture[] {
  const views = {
    overview: '/',
    today: '/?range=1d',
    campaigns: '/campaigns',
    campaign: '/campaigns/black-friday-preview',
    running: '/campaigns/order-confirmation',
    addresses: '/addresses',
    bounced: '/addresses?status=bounced',
    address: `/addresses/${address}`,
    events: '/events',
    filtered: clicks,
    event: `/events/${encodeURIComponent(event)}`,
    messages: '/messages',
    message: `/messages/${encodeURIComponent(message)}`,
    alerts: '/alerts',
    destinations: '/destinations',
    trouble: '/trouble',
    nowhere: '/events?recipient=nobody@nowhere.example',
  };
  return Object.entries(views).flatMap(([name, view]) => [
    { name: `${name}-light`, view, isWhole: true },
    { name: `${name}-dark`, view, scheme: 'dark' as const, isWhole: true },
    { name: `${name}-phone`, view, isPhone: true, isWhole: true },
  ]);
}

async function take(browser: Browser, space: Space, folder: string, picture: Picture): Promise<void> {
  const { name, view, scheme = 'light', isPhone = false, isWhole = false } = picture;
  const { height = isPhone ? 780 : 860 } = picture;
  const page = await browser.newPage({
    viewport: { width: isPhone ? 375 : 1280, height },
    colorScheme: scheme,
    ...(isPhone ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
  });
  await page.goto(`${space.url}/dashboard#${view}`);
  await page.getByLabel('API key').fill(space.apiKey);
  await page.getByRole('button', { name: 'Open the dashboard' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: isWhole });
  await page.close();
}

/**
 * `npm run screenshots`: takes the pictures of the dashboard that the documents show, from three months of a
 * small shop's mail. `--all FOLDER` takes every view in light, dark and on a phone instead.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { all: { type: 'string' }, only: { type: 'string' } } });
  if (chromiumPath === undefined) return;
  const folder = values.all ?? join(process.cwd(), 'docs', 'images');
  mkdirSync(folder, { recursive: true });
  const space = await startDemoSpace();
  const browser = await startBrowser();
  try {
    const [event] = await space.connection
      .getMany(
        'email_events',
        { event: 'clicked', tags: 'gift-guide' },
        { sort: { occurredAt: -1 }, limit: 1 },
      )
      .toArray();
    const message = String(event?.messageId);
    const wanted = (
      values.all === undefined ? pictures(message) : everyView(event?._id ?? '', message)
    ).filter(({ name }) => new RegExp(values.only ?? '').test(name));
    for (const picture of wanted) await take(browser, space, folder, picture);
  } finally {
    await browser.close();
    await space.stop();
  }
}

await main();
