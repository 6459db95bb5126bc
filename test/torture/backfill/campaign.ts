import * as v from 'valibot';
import type { SimulatedEvent } from '../../../tools/simulate/plan/event';
import { createRandom } from '../../../tools/simulate/plan/random';
import { MailgunRecord } from '../../mailgun-api/record';
import type { Background } from '../faults/background';
import { beginUnder } from '../faults/begin';
import { type Tried, tryEveryHarm } from '../faults/every-harm';
import type { Fault } from '../faults/fault';
import { keyOf } from '../faults/key-of';
import { sampleNamed } from '../interleavings/scenarios';
import { check } from '../machine/check';
import { quietConsole } from '../machine/console';
import { eventOf, now, webhookOf } from '../machine/events';
import { Life } from '../machine/life';
import { Machine, signingKey } from '../machine/machine';
import { type Result, Tally } from '../report';
import { accountKey, mailgunUrl, replaceFetch } from './mailgun';

/** What has happened, how many seconds ago, and whether its webhook was lost. */
const happened: ReadonlyArray<readonly [name: string, age: number, isLost: boolean]> = [
  ['accepted', 8000, false],
  ['delivered', 7200, true],
  ['opened', 6000, true],
  ['failed bounce', 5400, true],
  ['clicked', 5000, false],
  ['delivered to a newcomer', 4000, true],
];

/** Events of a page of Mailgun's record: some hold what is known and what is not. */
const pageSize = 2;

const delivery = v.object({ 'event-data': v.unknown() });
const cursor = v.object({ checkedUntil: v.optional(v.nullable(v.number()), null) });

interface Past extends Background {
  readonly lost: ReadonlySet<string>;
}

/** Tells the record of everything and the app of what was not lost. */
async function makePast(machine: Machine, record: MailgunRecord): Promise<Past> {
  await machine.restore();
  const events = new Map<string, SimulatedEvent>();
  const lost = new Set<string>();
  for (const [index, [name, age, isLost]] of happened.entries()) {
    const event = eventOf(sampleNamed(name), `happened-${index}`, now - age);
    const webhook = await webhookOf(event, `token-of-${index}`);
    record.add(v.parse(delivery, JSON.parse(webhook.body.toString()))['event-data']);
    const key = keyOf(await new Life(machine, await machine.spare()).send(webhook));
    events.set(key, event);
    if (isLost) lost.add(key);
  }
  await machine.restore();
  const life = new Life(machine, await machine.spare());
  for (const [index, [key, event]] of [...events].entries())
    if (!lost.has(key)) await life.send(await webhookOf(event, `token-of-${index}`));
  await life.deliver(life.take());
  await life.deliver(life.take());
  const contents = new Map(await machine.contents());
  // What the app has compared meanwhile is forgotten.
  contents.delete('backfill_cursors');
  return { contents, events, lost };
}

async function runCase(
  machine: Machine,
  { contents, events, lost }: Past,
  fault: Fault | null,
): Promise<Tried> {
  const { life, saboteur } = await beginUnder(machine, contents, fault);
  await life.cron();
  if (!life.hasDied) await life.deliver(life.take());
  if (!life.hasDied) await life.deliver(life.take());
  if (!life.hasDied) await life.cron();
  const calls = [...saboteur.calls];
  for (let run = 0; run < 3; run += 1) await life.sweep();
  const cursors = (await machine.documents('backfill_cursors')).map((document) => v.parse(cursor, document));
  const isBehind = cursors.every(({ checkedUntil }) => (checkedUntil ?? 0) < Date.now() / 1000 - 4 * 3600);
  return {
    problems: [
      ...life.problems,
      ...(isBehind ? ['the cursor stands still'] : []),
      ...(await check(machine, { genuine: events, acknowledged: new Set(events.keys()), broughtBack: lost })),
    ],
    calls,
  };
}

/**
 * Every harm at every storage call of a run that brings back what was lost, up to the last effect.
 * @param share of the harms that is tried; 1: all
 */
export async function tryBackfill(bundleFile: string, seed: number, share: number): Promise<Result> {
  const tally = new Tally('back-fill, every harm at every storage call');
  const random = createRandom(seed);
  const quiet = quietConsole();
  const machine = new Machine(
    bundleFile,
    {},
    {
      MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
      MAILGUN_API_KEY: accountKey,
      MAILGUN_DOMAINS: 'mg.example.com',
      MAILGUN_API_URL: mailgunUrl,
    },
  );
  const record = new MailgunRecord({ [accountKey]: ['mg.example.com'] });
  const giveBack = replaceFetch(record, pageSize);
  try {
    const past = await makePast(machine, record);
    const runQuietly = async (fault: Fault | null) => {
      const { problems, calls } = await runCase(machine, past, fault);
      return { problems: [...problems, ...quiet.violations([signingKey, 'token-of', accountKey])], calls };
    };
    await tryEveryHarm(tally, '', runQuietly, () => random.chance(share));
  } finally {
    await machine.close();
    quiet.restore();
    giveBack();
  }
  return tally.result();
}
