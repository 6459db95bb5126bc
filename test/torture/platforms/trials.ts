import * as v from 'valibot';
import type { StoredDocument } from '../../../local/connection';
import { idOfKey } from '../../../src/store/ids';
import { encodeDelivery } from '../../../tools/simulate/encode/encode-delivery';
import type { SimulatedEvent } from '../../../tools/simulate/plan/event';
import { counterNames, expectedOf, type Subscriber } from '../../../tools/simulate/plan/model';
import { type AttackedSpace, openAttackedSpace } from '../abuse/attacked-space';
import { judge } from '../abuse/contract';
import { type Result, Tally } from '../report';
import { type QuietConsole, quietConsole } from '../virtual-space/console';
import { allSamples, eventOf, type Sample } from '../virtual-space/events';
import { signingKey } from '../virtual-space/virtual-space';
import type { Platform } from './switches';

/** Platforms that are tried at the same time. */
const together = 12;

const suppressed = v.object({ items: v.array(v.object({ email: v.string() })) });
const health = v.object({ status: v.literal('ok') });

/** One event of every type, all at once, each sent twice at once and once more, and a thief with its token. */
async function tellEverything(
  attacked: AttackedSpace,
): Promise<{ problems: string[]; events: SimulatedEvent[] }> {
  const problems: string[] = [];
  const events: SimulatedEvent[] = [];
  const at = Math.floor(Date.now() / 1000);
  const tell = async ([name, sample]: readonly [string, Sample], index: number) => {
    const event = eventOf(
      sample,
      `platform-${index}`,
      at - (sample.encoding === 'json' ? index * 7200 : index),
    );
    const timestamp = sample.encoding === 'json' ? at : event.at;
    const stamp = { timestamp, token: `token-${index}`, signing: 'genuine' } as const;
    const send = async (told: SimulatedEvent) => {
      const { contentType, body } = await encodeDelivery(
        { id: 0, purpose: 'notice', event: told, stamp },
        signingKey,
      );
      return judge(await attacked.client.post(body, contentType));
    };
    const verdicts = [...(await Promise.all([send(event), send(event)])), await send(event)];
    if (!verdicts.every((verdict) => 'id' in verdict))
      problems.push(`${name} was answered ${JSON.stringify(verdicts)}`);
    const theft = await send({ ...event, recipient: 'thief@example.com' });
    if (!('error' in theft) || theft.error !== 'replay_attack')
      problems.push(`${name} with a stolen token was answered ${JSON.stringify(theft)}`);
    events.push(event);
  };
  // At once, so that jobs wait when the space stops.
  await Promise.all([...allSamples].map(tell));
  return { problems, events };
}

function compareNumbers(where: string, expected: object, stored: StoredDocument | null): string[] {
  const should = new Map<string, unknown>(Object.entries(expected));
  return counterNames
    .filter((name) => (stored?.[name] ?? 0) !== should.get(name))
    .map((name) => `${where}: ${name} is ${stored?.[name] ?? 0}, should be ${should.get(name)}`);
}

/** Every address in one question: which of them must not be written to. */
async function compareSuppressed(
  { space, client }: AttackedSpace,
  subscribers: ReadonlyMap<string, Subscriber>,
): Promise<string[]> {
  const headers = { 'x-apikey': space.apiKey, 'content-type': 'application/json' };
  const body = Buffer.from(JSON.stringify({ addresses: [...subscribers.keys()] }));
  const answer = await client.send('/api/suppressions/check', 'POST', headers, body);
  const told = v.safeParse(suppressed, JSON.parse(answer.body));
  const found = told.success ? told.output.items.map(({ email }) => email).sort() : [answer.body];
  const should = [...subscribers]
    .flatMap(([email, { status }]) => (status === 'active' ? [] : [email]))
    .sort();
  return found.join() === should.join() ? [] : [`suppressed are ${found.join()}, should be ${should.join()}`];
}

async function compare(attacked: AttackedSpace, events: readonly SimulatedEvent[]): Promise<string[]> {
  const { connection } = attacked.space;
  const expected = expectedOf(events);
  const problems: string[] = [];
  const stored = await connection.count('email_events');
  if (stored !== events.length) problems.push(`${stored} events are stored, not ${events.length}`);
  problems.push(
    ...compareNumbers(
      'all mail',
      expected.all.total,
      await connection.findOneOrNull('campaign_stats', 'all'),
    ),
  );
  for (const [tag, { total }] of expected.tags) {
    const document = await connection.findOneOrNull('campaign_stats', idOfKey(`tag:${tag}`, 'any'));
    problems.push(...compareNumbers(`tag ${tag}`, total, document));
  }
  for (const [address, { status }] of expected.subscribers) {
    const found = await connection.findOneOrNull('subscribers', idOfKey(address, 'any'));
    if (found?.status !== status) problems.push(`${address} is ${found?.status}, should be ${status}`);
  }
  problems.push(...(await compareSuppressed(attacked, expected.subscribers)));
  if ((await connection.count('subscribers')) !== expected.subscribers.size)
    problems.push('there are subscribers that should not be');
  return problems;
}

async function tryPlatform(bundleFile: string, { switches }: Platform, log: QuietConsole): Promise<string[]> {
  const attacked = await openAttackedSpace(bundleFile, switches, undefined, log);
  try {
    attacked.holdJobs();
    const { problems, events } = await tellEverything(attacked);
    if ((await attacked.restart()) === 0) problems.push('nothing waited when the space stopped');
    problems.push(...(await attacked.drain()), ...(await compare(attacked, events)));
    const answer = await attacked.client.send('/status', 'GET', {});
    if (!v.is(health, JSON.parse(answer.body))) problems.push(`status: ${answer.body}`);
    return [...problems, ...attacked.log.violations([signingKey])];
  } finally {
    await attacked.close();
  }
}

/** The whole app, end to end, under each of some platforms. */
export async function tryPlatforms(
  bundleFile: string,
  name: string,
  platforms: readonly Platform[],
): Promise<Result> {
  const tally = new Tally(name);
  const log = quietConsole();
  const waiting = [...platforms];
  // Most of the time of each passes with waiting for its timers.
  const workers = Array.from({ length: together }, async () => {
    for (let platform = waiting.shift(); platform !== undefined; platform = waiting.shift())
      tally.add(platform.name, await tryPlatform(bundleFile, platform, log));
  });
  try {
    await Promise.all(workers);
  } finally {
    log.restore();
  }
  return tally.result();
}
