import * as v from 'valibot';
import { createRandom } from '../../../tools/simulate/plan/random';
import { accountKey, mailgunUrl } from '../backfill/mailgun';
import { beginUnder } from '../faults/begin';
import { type Tried, tryEveryFault } from '../faults/every-fault';
import type { Fault } from '../faults/fault';
import { type Result, Tally } from '../report';
import { quietConsole } from '../virtual-space/console';
import { eventOf, jsonSamples, webhookOf } from '../virtual-space/events';
import { type Contents, signingKey, VirtualSpace } from '../virtual-space/virtual-space';

/** The domain of one that answers at once, and of one that fails at first. */
const domains = ['healthy.example', 'shaky.example'] as const;
/** How often the second one fails before it answers. */
const failures = 2;

const env = {
  MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
  MAILGUN_API_KEY: accountKey,
  MAILGUN_API_URL: mailgunUrl,
};

/**
 * Mailgun as a destination: a mail needs no socket, whose time would not be virtual.
 * @param received the ids of the messages that were taken, by domain
 */
function replaceFetch(received: Map<string, string[]>): { restart: () => void; giveBack: () => void } {
  const real = globalThis.fetch;
  let left = failures;
  globalThis.fetch = async (input, init) => {
    const [, domain = ''] = /\/v3\/([^/]+)\/messages$/.exec(String(input)) ?? [];
    if (!(init?.body instanceof FormData)) return new Response('{"items":[]}', { status: 200 });
    if (domain === domains[1] && left > 0) {
      left -= 1;
      return new Response('{}', { status: 500 });
    }
    const id = String(init.body.get('h:Message-Id'));
    received.set(domain, [...(received.get(domain) ?? []), id]);
    return new Response('{"id":"<x>"}', { status: 200 });
  };
  return {
    restart: () => {
      left = failures;
      received.clear();
    },
    giveBack: () => {
      globalThis.fetch = real;
    },
  };
}

const stored = v.object({ state: v.optional(v.string()), destination: v.optional(v.string()) });

/** What is wrong: a notice that did not arrive, one that arrived as two, one that is called delivered and did not arrive. */
async function check(
  space: VirtualSpace,
  received: ReadonlyMap<string, string[]>,
  notices: number,
): Promise<string[]> {
  const deliveries = (await space.documents('deliveries')).map((document) => v.parse(stored, document));
  const problems = deliveries.flatMap(({ state }) =>
    state === 'delivered' ? [] : [`a delivery is ${state}`],
  );
  if (deliveries.length !== notices * domains.length) problems.push(`${deliveries.length} deliveries`);
  for (const domain of domains) {
    const ids = new Set(received.get(domain));
    if (ids.size !== notices)
      problems.push(`${domain} has received ${ids.size} notices instead of ${notices}`);
  }
  return problems;
}

async function runCase(
  space: VirtualSpace,
  contents: Contents,
  received: ReadonlyMap<string, string[]>,
  fault: Fault | null,
): Promise<Tried> {
  const sample = jsonSamples.get('delivered');
  if (sample === undefined) throw new Error('There is no such sample.');
  const { driver, saboteur } = await beginUnder(space, contents, fault);
  const webhooks = await Promise.all(
    ['one', 'two'].map((id) => webhookOf(eventOf(sample, `${id}-${'0'.repeat(18)}`), id.repeat(16))),
  );
  for (const webhook of webhooks) {
    // As Mailgun does: what was not taken comes again.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const reply = await driver.send(webhook);
      if (typeof reply === 'object' && 'status' in reply && reply.status === 200) break;
    }
    for (let round = 0; round < 3 && !driver.hasDied; round += 1) await driver.deliver(driver.take());
  }
  const calls = [...saboteur.calls];
  for (let run = 0; run < 4; run += 1) await driver.sweep();
  const problems = [...driver.problems, ...(await check(space, received, webhooks.length))];
  // What is delivered may be queued once more: nothing is sent for it.
  const before = JSON.stringify([...received]);
  await driver.redeliver();
  if (JSON.stringify([...received]) !== before)
    problems.push('a job that came again has sent a notice again');
  if (fault === null)
    for (const [domain, ids] of received)
      if (ids.length !== webhooks.length) problems.push(`${domain}: ${ids.length} mails`);
  return { problems, calls };
}

/** A space that has both destinations and nothing else. */
async function withDestinations(space: VirtualSpace): Promise<Contents> {
  await space.restore();
  const instance = await space.spare();
  for (const domain of domains) {
    const body = {
      name: domain,
      kind: 'email',
      to: [`ops@${domain}`],
      from: `alerts@${domain}`,
      domain,
      filter: { kinds: ['event'] },
    };
    const { status } = await instance.api('POST /api/destinations', {
      body,
      query: {},
      params: {},
      apiPath: '/api/destinations',
    });
    if (status !== 200) throw new Error(`A destination is answered ${status}.`);
  }
  return new Map(await space.contents());
}

/**
 * Every harm at every storage call while two events are told to two destinations, of which one fails at first: in the end
 * every notice has arrived everywhere, and nothing is called delivered that has not.
 * @param share of the harms that is tried; 1: all
 */
export async function tryNotices(bundleFile: string, seed: number, share: number): Promise<Result> {
  const tally = new Tally('Notices to two destinations, every harm at every storage call');
  const random = createRandom(seed);
  const quiet = quietConsole();
  const space = new VirtualSpace(bundleFile, {}, env);
  const received = new Map<string, string[]>();
  const { restart, giveBack } = replaceFetch(received);
  try {
    const contents = await withDestinations(space);
    const run = async (fault: Fault | null) => {
      restart();
      const { problems, calls } = await runCase(space, contents, received, fault);
      return { problems: [...problems, ...quiet.violations([signingKey, accountKey])], calls };
    };
    await tryEveryFault(tally, '', run, () => random.chance(share));
  } finally {
    await space.close();
    quiet.restore();
    giveBack();
  }
  return tally.result();
}
