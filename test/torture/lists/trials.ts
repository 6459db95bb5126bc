import { createRandom } from '../../../tools/simulate/plan/random';
import { domainRoutes } from '../../mailgun-api/domains';
import { type Suppressions, suppressionRoutes } from '../../mailgun-api/suppressions';
import { accountKey, mailgunUrl, replaceFetch } from '../backfill/mailgun';
import { beginUnder } from '../faults/begin';
import { type Tried, tryEveryFault } from '../faults/every-fault';
import type { Fault } from '../faults/fault';
import { type Result, Tally } from '../report';
import { check, type Decided } from '../virtual-space/check';
import { quietConsole } from '../virtual-space/console';
import { Driver } from '../virtual-space/driver';
import { type Contents, signingKey, VirtualSpace } from '../virtual-space/virtual-space';

const domain = 'mg.example.com';
const dayMs = 86_400_000;
/** Entries of a page: some pages are begun before the others are read. */
const maxPage = 2;

const listed = (address: string, fields: object = {}) => ({
  address,
  created_at: 'Mon, 04 May 2026 03:02:01 UTC',
  ...fields,
});

/** What Mailgun's lists hold on the first day and on the second. */
const days = {
  first: {
    bounces: ['a', 'b', 'c'].map((name) => listed(`${name}@example.com`, { code: '550', error: '5.1.1' })),
    unsubscribes: [listed('a@example.com', { tags: ['news', 'offers'] })],
    complaints: [listed('d@example.com')],
    whitelists: [{ value: 'friends.example', type: 'domain' }],
  },
  second: {
    bounces: ['b', 'e'].map((name) => listed(`${name}@example.com`, { code: '550', error: '5.1.1' })),
    unsubscribes: [listed('a@example.com', { tags: ['offers'] })],
    complaints: [],
    whitelists: [],
  },
} as const satisfies Record<string, Suppressions[string]>;

const bounced: Decided = { status: 'bounced', suppressions: [`bounce|${domain}|*`] };
const active: Decided = { status: 'active', suppressions: [] };

/** What must be known after each. */
const known: Record<keyof typeof days, ReadonlyMap<string, Decided>> = {
  first: new Map([
    [
      'a@example.com',
      {
        status: 'unsubscribed',
        suppressions: [
          `bounce|${domain}|*`,
          `unsubscribe|${domain}|tag:news`,
          `unsubscribe|${domain}|tag:offers`,
        ],
      },
    ],
    ['b@example.com', bounced],
    ['c@example.com', bounced],
    ['d@example.com', { status: 'complained', suppressions: [`complaint|${domain}|*`] }],
  ]),
  second: new Map([
    ['a@example.com', { status: 'unsubscribed', suppressions: [`unsubscribe|${domain}|tag:offers`] }],
    ['b@example.com', bounced],
    ['c@example.com', active],
    ['d@example.com', active],
    ['e@example.com', bounced],
  ]),
};

async function runCase(
  space: VirtualSpace,
  lists: Suppressions,
  { day, contents }: { day: keyof typeof days; contents: Contents },
  fault: Fault | null,
): Promise<Tried> {
  lists[domain] = { ...days[day] };
  const { driver, saboteur } = await beginUnder(space, contents, fault);
  if (day === 'second') space.time.pass(dayMs);
  await driver.cron();
  if (!driver.hasDied) await driver.deliver(driver.take());
  if (!driver.hasDied) await driver.cron();
  const calls = [...saboteur.calls];
  for (let run = 0; run < 3; run += 1) await driver.sweep();
  const told = { genuine: new Map(), acknowledged: new Set<string>(), decided: known[day] };
  return { problems: [...driver.problems, ...(await check(space, told))], calls };
}

/**
 * Every harm at every storage call of the first import of Mailgun's lists, and of a night's comparison with them.
 * @param share of the harms that is tried; 1: all
 */
export async function tryLists(bundleFile: string, seed: number, share: number): Promise<Result> {
  const tally = new Tally(
    "Mailgun's lists, first import and nightly comparison, every harm at every storage call",
  );
  const random = createRandom(seed);
  const quiet = quietConsole();
  const space = new VirtualSpace(
    bundleFile,
    {},
    {
      MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
      MAILGUN_API_KEY: accountKey,
      MAILGUN_DOMAINS: domain,
      MAILGUN_API_URL: mailgunUrl,
    },
  );
  const lists: Suppressions = {};
  const giveBack = replaceFetch(domainRoutes([domain]), suppressionRoutes(lists, { maxPage }));
  try {
    const runQuietly = (before: Parameters<typeof runCase>[2]) => async (fault: Fault | null) => {
      const { problems, calls } = await runCase(space, lists, before, fault);
      return { problems: [...problems, ...quiet.violations([signingKey, accountKey])], calls };
    };
    const isTried = () => random.chance(share);
    await tryEveryFault(tally, 'first import, ', runQuietly({ day: 'first', contents: new Map() }), isTried);
    lists[domain] = { ...days.first };
    await space.restore();
    const driver = new Driver(space, await space.spare());
    await driver.cron();
    await driver.sweep();
    const contents = new Map(await space.contents());
    await tryEveryFault(tally, 'nightly comparison, ', runQuietly({ day: 'second', contents }), isTried);
  } finally {
    await space.close();
    quiet.restore();
    giveBack();
  }
  return tally.result();
}
