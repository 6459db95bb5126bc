import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disturbances, tooManyRequests } from '../mailgun-api/server';
import { runTool } from '../tools/run-tool';
import { type CountingMailgun, dayMs, dayOf, happened, newestDay, startCounted } from './month';

const domain = 'mg.example.com';
const noon = Date.parse(newestDay) + 12 * 3_600_000;
const from = dayOf(noon - 2 * dayMs);
const trouble = disturbances(({ url }) => url.pathname === '/v1/analytics/metrics');
let mailgun: CountingMailgun;
beforeAll(async () => {
  const onlyCounted = [
    { event: 'opened', id: 'counted', timestamp: noon / 1000 - 2 * 86_400, domain: { name: domain } },
  ];
  mailgun = await startCounted([domain], { before: [trouble.routes], onlyCounted });
  for (let index = 0; index < 12; index += 1) {
    const data = happened(domain, noon + index * 1000, 'delivered');
    mailgun.record.add(data);
    if (index % 4 !== 0) await mailgun.app.send(data);
  }
  await mailgun.app.drain();
});
afterAll(async () => {
  await mailgun.app.stop();
  await mailgun.server.stop();
});

function reconcile(...commandLine: string[]) {
  const { url, apiKey } = mailgun.app;
  return runTool('reconcile', commandLine, { SPACE_URL: url, SPACE_API_KEY: apiKey });
}

describe('npm run reconcile', { timeout: 120_000 }, () => {
  it('compares a day, tells what it brought back, waits as Mailgun asks, and ends with 0', async () => {
    trouble.next(tooManyRequests(1));
    const { code, out, err } = await reconcile('--from', newestDay, '--to', newestDay, '--domain', domain);
    expect({ code, err }).toEqual({
      code: 0,
      err: "Mailgun's rate limit is reached: it asks to wait 1 seconds. Waiting 1 s.\n",
    });
    expect(out).toContain(`${domain} ${newestDay}: 3 events brought back.\n`);
    expect(out).toMatch(/: 12 events, equal to Mailgun's count\.\n$/);
  });

  it('prints a table and a sentence for what differs, and ends with 1', async () => {
    const { code, out } = await reconcile('--from', from, '--to', newestDay);
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`^${domain} +${from} +opens +0 +1$`, 'm'));
    expect(out).toContain(
      `${domain} ${from}: 1 open more at Mailgun: Mailgun counts them and its record does not list them.`,
    );
    expect(out).toMatch(/12 events, equal to Mailgun's count but for 1 open on /);
  });

  it('says what Mailgun refuses, and ends with 1', async () => {
    const { code, out } = await reconcile('--from', from, '--to', from, '--domain', 'unknown.example.com');
    expect(code).toBe(1);
    expect(out).toMatch(
      /Not all was compared: Mailgun answered 404 when asked for the domain unknown\.example\.com/,
    );
  });

  it.each([
    [[], /^Say from when/],
    [['--from', 'yesterday'], /^--from must be a day/],
    [['--from', '2026-02-31'], /^--from must be a day/],
    [['--from', '2999-01-01'], /^--from lies in the future/],
    [['--from', '2026-11-02', '--to', '2026-11-01'], /^--to must not lie before --from/],
    [['--from', '2020-01-01', '--to', '2025-01-01'], /366 days are the most/],
    [['--from', dayOf(Date.now()), '--to', dayOf(Date.now())], /complete two hours after its end/],
    [['--from', '2026-11-01', '--domain', 'no domain'], /it must be a domain/],
    [['--from', '2026-11-01', '--api-key', 'wrong'], /^The space refuses the API key/],
  ])('refuses %j with a sentence', async (commandLine, sentence) => {
    const { code, out, err } = await reconcile(...commandLine);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(sentence);
    expect(err).not.toMatch(/^ +at /m);
  });
});
