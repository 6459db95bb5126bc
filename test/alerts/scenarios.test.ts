import { afterEach, expect, inject, it } from 'vitest';
import { ownMailTag } from '../../src/events/own-mail';
import { encodeDelivery } from '../../tools/simulate';
import { planTrouble, type Trouble, troubleNames, troubles } from '../../tools/simulate/plan/trouble';
import { type QuietConsole, quietConsole } from '../torture/virtual-space/console';
import { signingKey } from '../torture/virtual-space/virtual-space';
import { AlertedSpace, putHour } from './alerted-space';

/** A small sender's thresholds: the tests send dozens of events, not thousands. */
const small = {
  ALERT_THRESHOLDS: JSON.stringify({
    complaints: { minVolume: 20, minCount: 2 },
    'hard-bounces': { minVolume: 20, minCount: 3 },
    'sender-blocked': { minVolume: 10, minCount: 5 },
    delivery: { warn: null, critical: null },
  }),
};

let alerted: AlertedSpace;
let quiet: QuietConsole;

async function open(env: Record<string, string> = small): Promise<AlertedSpace> {
  quiet = quietConsole();
  alerted = new AlertedSpace(inject('bundleFile'), env);
  await alerted.space.restore();
  return alerted;
}

afterEach(async () => {
  await alerted.close();
  const leaks = quiet.violations([]);
  quiet.restore();
  expect(leaks).toEqual([]);
});

const bounce = {
  severity: 'permanent',
  reason: 'bounce',
  'delivery-status': { code: 550, 'enhanced-code': '5.1.1', message: 'No such user' },
};
const blocked = {
  severity: 'permanent',
  reason: 'espblock',
  'delivery-status': { code: 550, 'enhanced-code': '5.7.515', message: 'Access denied' },
};
const at = (recipient: string, tag: string) => ({ recipient, tags: [tag] });

/** Every hour of the eight days before, with so many deliveries. */
async function pastHours(space: AlertedSpace, delivered: number): Promise<void> {
  const thisHour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  for (let hour = 1; hour <= 8 * 24; hour += 1) {
    const counts = { delivered };
    await putHour(space.space, new Date(thisHour - hour * 3_600_000).toISOString(), {
      all: counts,
      'provider:Yahoo': counts,
    });
  }
}

it('a campaign with a bad list: one message of complaints and one of hard bounces, about the campaign', async () => {
  const { send, check, told } = await bind();
  await send(30, 'delivered', at('good@yahoo.com', 'newsletter'));
  expect(await check()).toEqual([]);
  await send(40, 'delivered', at('bought@yahoo.com', 'bad-list'));
  await send(6, 'failed', { ...at('gone@outlook.com', 'bad-list'), ...bounce });
  await send(3, 'complained', at('angry@yahoo.com', 'bad-list'));
  expect((await check()).sort()).toEqual([
    'opened critical complaints tag bad-list',
    'opened critical hard-bounces tag bad-list',
  ]);
  expect(await check()).toEqual([]);
  expect(await check(5)).toEqual([]);
  const complaint = (await told()).find(({ name }) => name === 'complaints');
  expect(complaint).toMatchObject({
    title: 'CRITICAL: Complaints, tag bad-list: 7.50 %',
    text: expect.stringContaining('7.50 % of the mail at providers that report complaints (3 of 40).'),
  });
});

it('a provider that blocks at noon is told by its name, and when it is over', async () => {
  const { send, check } = await bind();
  await send(20, 'delivered', at('a@outlook.com', 'newsletter'));
  await send(20, 'delivered', at('a@gmail.com', 'newsletter'));
  expect(await check()).toEqual([]);
  await send(10, 'failed', { ...at('a@outlook.com', 'newsletter'), ...blocked });
  expect(await check()).toEqual(['opened critical sender-blocked provider Outlook']);
  // Two hours later mail is taken again.
  expect(await check(120)).toEqual([]);
  await send(10, 'delivered', at('b@outlook.com', 'newsletter'));
  expect(await check(11)).toEqual(['resolved critical sender-blocked provider Outlook']);
});

it('a signing key that was changed: refused signatures in a burst', async () => {
  const { send, check, told } = await bind();
  await send(2, 'delivered', at('a@yahoo.com', 'newsletter'));
  expect(await check()).toEqual([]);
  await send(25, 'delivered', at('a@yahoo.com', 'newsletter'), 'key-of-tomorrow');
  expect(await check(6)).toEqual(['opened warn refused-signatures all mail']);
  expect((await told())[0]?.text).toContain('MAILGUN_WEBHOOK_SIGNING_KEY');
  // Mailgun gives up what was refused; with the new key all is well.
  await send(5, 'delivered', at('a@yahoo.com', 'newsletter'));
  expect(await check(70)).toEqual([]);
  expect(await check(11)).toEqual(['resolved warn refused-signatures all mail']);
});

it('an outage: no events for longer than usual, which gets worse and is over', async () => {
  const { send, check } = await bind();
  await send(1, 'delivered', at('a@yahoo.com', 'newsletter'));
  await pastHours(alerted, 200);
  expect(await check(5)).toEqual([]);
  expect(await check(12)).toEqual(['opened warn no-events all mail']);
  expect(await check(50)).toEqual(expect.arrayContaining(['rose critical no-events all mail']));
  await send(100, 'delivered', at('a@yahoo.com', 'newsletter'));
  expect(await check(2)).toEqual([]);
  await send(1, 'delivered', at('a@yahoo.com', 'newsletter'));
  expect(await check(11)).toContain('resolved critical no-events all mail');
});

it('deliveries to a provider have stopped, and to it alone', async () => {
  const { send, check, told } = await bind();
  await pastHours(alerted, 200);
  const lastHour = new Date(Math.floor(Date.now() / 3_600_000 - 1) * 3_600_000).toISOString();
  await putHour(alerted.space, lastHour, { all: { delivered: 200 }, 'provider:Yahoo': { delivered: 1 } });
  await send(1, 'delivered', at('a@gmail.com', 'newsletter'));
  expect(await check()).toEqual(['opened critical deliveries-stopped provider Yahoo']);
  expect((await told())[0]?.text).toContain('1 were delivered in the last full hour, 200 are usual.');
});

it('late events correct a rate, and the alert that rested on it is over with a word about it', async () => {
  const { send, check, told } = await bind({
    ALERT_THRESHOLDS: '{"complaints":{"warn":0.05,"critical":0.1,"minVolume":20,"minCount":2}}',
  });
  await send(25, 'delivered', at('a@yahoo.com', 'newsletter'));
  await send(2, 'complained', at('a@yahoo.com', 'newsletter'));
  const then = Date.now() / 1000;
  expect(await check()).toEqual(['opened warn complaints tag newsletter']);
  // Deliveries of that time, which a slow webhook or the back-fill brings now: they dilute the rate.
  await send(75, 'delivered', { ...at('b@yahoo.com', 'newsletter'), timestamp: then });
  expect(await check(5)).toEqual([]);
  expect(await check(11)).toEqual(['resolved warn complaints tag newsletter']);
  expect((await told()).at(-1)?.text).toContain(
    'It rested on incomplete numbers: events came late, and with them it was 2.00 % (2 of 100) when this alert opened, not 8.00 % (2 of 25).',
  );
});

it('an alert that was right is over without such a word', async () => {
  const { send, check, told } = await bind({
    ALERT_THRESHOLDS: '{"complaints":{"warn":0.05,"critical":0.1,"minVolume":20,"minCount":2}}',
  });
  await send(25, 'delivered', at('a@yahoo.com', 'newsletter'));
  await send(2, 'complained', at('a@yahoo.com', 'newsletter'));
  expect(await check()).toEqual(['opened warn complaints tag newsletter']);
  alerted.space.time.pass(60_000);
  await send(75, 'delivered', at('b@yahoo.com', 'newsletter'));
  expect(await check(5)).toEqual([]);
  expect(await check(11)).toEqual(['resolved warn complaints tag newsletter']);
  expect((await told()).at(-1)?.text).not.toContain('incomplete');
});

it('mail about mail is counted, and in no rule', async () => {
  const { send, check } = await bind();
  await send(30, 'delivered', at('owner@yahoo.com', ownMailTag));
  await send(10, 'complained', at('owner@yahoo.com', ownMailTag));
  await send(10, 'failed', { ...at('owner@yahoo.com', ownMailTag), ...bounce });
  expect(await check()).toEqual([]);
});

it('what cannot be read of the settings leaves the defaults in force', async () => {
  const { send, check } = await bind({ ALERT_THRESHOLDS: '{"complaint":{"warn":1}}' });
  await send(40, 'delivered', at('a@yahoo.com', 'a'));
  await send(20, 'complained', at('a@yahoo.com', 'a'));
  expect(await check()).toEqual([]);
});

it.each(troubleNames)(
  'what `npm run simulate -- --trouble %s` plays is told once, by the defaults',
  async (name) => {
    const { check, told } = await bind({});
    expect(await check()).toEqual([]);
    const driver = await alerted.driver();
    for (const delivery of planTrouble(name, 1, Date.now() / 1000))
      await driver.send(await encodeDelivery(delivery, signingKey));
    for (let jobs = driver.take(); jobs.length > 0; jobs = driver.take()) await driver.deliver(jobs);
    const trouble: Trouble = troubles[name];
    await check(trouble.silentMinutes ?? 6);
    await check(1);
    expect((await told()).map((one) => one.name).sort()).toEqual([...trouble.opens].sort());
  },
);

async function bind(env?: Record<string, string>) {
  const opened = await open(env);
  return {
    send: opened.send.bind(opened),
    check: opened.check.bind(opened),
    told: opened.told.bind(opened),
  };
}
