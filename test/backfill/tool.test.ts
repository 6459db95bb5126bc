import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type App, event } from '../app/app';
import { disturbances, tooManyRequests } from '../mailgun-api/server';
import { runTool } from '../tools/run-tool';
import { accountKey, type RecordedMailgun, startComparing, startRecordedMailgun } from './space';

const domains = ['mg.example.com', 'mail.example.org'];
const trouble = disturbances();
const forbidden = { status: 401, body: { message: 'Forbidden' } };
/** Pages of the record that are given before one is refused. */
let pagesLeft = Number.POSITIVE_INFINITY;
let refused = 0;

function refuseAfter(pages: number): void {
  pagesLeft = pages;
  // The page, and then the range from its beginning.
  refused = 2;
}

function isRefused(path: string): boolean {
  if (!path.includes('/events') || pagesLeft-- > 0) return false;
  return refused-- > 0;
}

let mailgun: RecordedMailgun;
let app: App;
beforeAll(async () => {
  mailgun = await startRecordedMailgun({
    accounts: { [accountKey]: domains },
    pageSize: 20,
    before: [trouble.routes, ({ url }) => (isRefused(url.pathname) ? forbidden : null)],
  });
  app = await startComparing(mailgun);
});
afterAll(async () => {
  await app.stop();
  await mailgun.server.stop();
});

function iso(hoursAgo: number): string {
  return new Date(Date.now() - hoursAgo * 3_600_000).toISOString();
}

function backfill(...commandLine: string[]) {
  return runTool('backfill', commandLine, { SPACE_URL: app.url, SPACE_API_KEY: app.apiKey });
}

/** Events of an hour, every second one of which a webhook has delivered. */
async function happen(name: string, domain: string, hoursAgo: number, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const timestamp = Date.now() / 1000 - hoursAgo * 3600 - index;
    const data = event(name, { timestamp, domain: { name: domain } });
    mailgun.record.add(data);
    if (index % 2 === 0) await app.send(data);
  }
}

describe('npm run backfill', { timeout: 120_000 }, () => {
  it('brings back a span of one domain, tells what it did, and nothing the second time', async () => {
    await happen('delivered', 'mg.example.com', 5, 50);
    await happen('opened', 'mg.example.com', 6, 10);
    await happen('opened', 'mg.example.com', 9, 10);
    const span = ['--from', iso(8), '--to', iso(4), '--domain', 'mg.example.com'];
    trouble.next(tooManyRequests(1));
    const first = await backfill(...span);
    expect(first).toEqual({
      code: 0,
      out: 'mg.example.com: 60 seen, 30 already known, 30 added (delivered 25, opened 5).\n',
      err: "mg.example.com: Mailgun's rate limit is reached: it asks to wait 1 seconds. Waiting 1 s.\n",
    });
    await app.drain();
    expect((await app.get('/api/summary')).body.totals).toMatchObject({ delivered: 50, opens: 15 });
    const second = await backfill(...span);
    expect(second).toEqual({
      code: 0,
      out: 'mg.example.com: 60 seen, 60 already known, 0 added.\n',
      err: '',
    });
    expect(await app.audit()).toEqual([]);
  });

  it('without --domain takes all that the space compares, and leaves the last half hour for later', async () => {
    await happen('clicked', 'mail.example.org', 1, 6);
    await happen('clicked', 'mail.example.org', 0.1, 2);
    const { code, out, err } = await backfill('--from', iso(2));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('mail.example.org: 6 seen, 3 already known, 3 added (clicked 3).');
    expect(out).toMatch(/All: \d+ seen, \d+ already known, 3 added\./);
    expect(out).toMatch(/Compared up to .*younger than half an hour/);
  });

  it('says what Mailgun refuses, and ends with 1', async () => {
    const { code, out } = await backfill('--from', iso(2), '--domain', 'unknown.example.com');
    expect(code).toBe(1);
    expect(out).toMatch(/stopped at .*: Mailgun knows no domain unknown\.example\.com/);
  });

  it.each([
    [['--from', 'yesterday'], /^--from must be a day/],
    [['--from', '2026-11-01', '--api-key', 'wrong'], /^The space refuses the API key/],
  ])('refuses %j with a sentence', async (commandLine, sentence) => {
    const { code, out, err } = await backfill(...commandLine);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(sentence);
    expect(err).not.toMatch(/^ +at /m);
  });

  it('--all brings in what Mailgun still has of every domain, and goes on where it was stopped', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'backfill-all-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const all = () =>
      runTool('backfill', ['--all'], { SPACE_URL: app.url, SPACE_API_KEY: app.apiKey }, folder);
    for (const domain of domains) await happen('stored', domain, 400, 50);
    // The third page is refused for good: a key was revoked.
    refuseAfter(2);
    const stopped = await all();
    expect(stopped.code).toBe(1);
    expect(stopped.out).toMatch(/stopped at .*: Mailgun/);
    expect(existsSync(join(folder, '.backfill-progress.json'))).toBe(true);

    const second = await all();
    expect(second).toMatchObject({ code: 0 });
    expect(second.err).toContain('Goes on with what was begun from');
    const seen = (out: string) =>
      [...out.matchAll(/example\.\w+: (\d+) seen/g)].reduce((sum, [, count]) => sum + Number(count), 0);
    const whole = await all();
    expect(seen(stopped.out) + seen(second.out)).toBe(seen(whole.out));
    expect(seen(second.out)).toBeLessThan(seen(whole.out));
    expect(whole.out).toMatch(/All: \d+ seen, \d+ already known, 0 added\./);
    expect(existsSync(join(folder, '.backfill-progress.json'))).toBe(false);

    writeFileSync(join(folder, '.backfill-progress.json'), '{');
    const broken = await all();
    expect(broken).toMatchObject({ code: 2, out: '' });
    expect(broken.err).toContain('remove it, to begin anew');
    await app.drain();
    expect(await app.audit()).toEqual([]);
  });

  it('explains itself', async () => {
    const { code, out } = await backfill('--help');
    expect(code).toBe(0);
    expect(out).toContain('--domain NAME');
  });
});

describe('npm run backfill against a space without a key', () => {
  let bare: App;
  afterEach(() => bare.stop());

  it('says what must be set', async () => {
    bare = await startComparing(mailgun, 'bundle', { env: { ...mailgun.env, MAILGUN_API_KEY: '' } });
    const env = { SPACE_URL: bare.url, SPACE_API_KEY: bare.apiKey };
    for (const more of [[], ['--domain', 'mg.example.com']]) {
      const { code, err } = await runTool('backfill', ['--from', iso(2), ...more], env);
      expect(code).toBe(2);
      expect(err).toContain('MAILGUN_API_KEY');
    }
  });
});
