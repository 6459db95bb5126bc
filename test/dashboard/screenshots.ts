import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillSpace } from '../../bench/scale/fill-space';
import { startSpace } from '../../local/space';
import { chromiumPath, startBrowser } from './browser';

/** Views, by the name of their picture. */
const pictures = [
  { name: 'overview', view: '/', scheme: 'light', width: 1280 },
  { name: 'campaigns', view: '/campaigns', scheme: 'light', width: 1280 },
  { name: 'campaign', view: '/campaigns/campaign-3', scheme: 'light', width: 1280 },
  { name: 'address-dark', view: '/addresses/person12@yahoo.com', scheme: 'dark', width: 1280 },
  { name: 'events-dark', view: '/events', scheme: 'dark', width: 1280 },
  { name: 'trouble', view: '/trouble', scheme: 'light', width: 1280 },
  { name: 'overview-phone', view: '/', scheme: 'light', width: 390 },
] as const;

/** Takes the pictures of the dashboard that the documents show, from three months of planned events. */
async function main(): Promise<void> {
  if (chromiumPath === undefined) return;
  const directory = mkdtempSync(join(tmpdir(), 'screenshots-'));
  const target = join(process.cwd(), 'docs', 'images');
  mkdirSync(target, { recursive: true });
  await fillSpace(directory, { events: 30_000, subscribers: 3000, tags: 40 });
  const space = await startSpace({
    directory,
    app: { kind: 'sources', entry: join(process.cwd(), 'index.js') },
    env: { MAILGUN_WEBHOOK_SIGNING_KEY: 'key-of-the-pictures' },
    log: () => {},
  });
  const browser = await startBrowser();
  try {
    for (const { name, view, scheme, width } of pictures) {
      const page = await browser.newPage({ viewport: { width, height: 860 }, colorScheme: scheme });
      await page.goto(`${space.url}/dashboard#${view}`);
      await page.getByLabel('API key').fill(space.apiKey);
      await page.getByRole('button', { name: 'Open the dashboard' }).click();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      await page.screenshot({ path: join(target, `${name}.png`) });
      await page.close();
    }
  } finally {
    await browser.close();
    await space.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
