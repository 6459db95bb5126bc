import * as v from 'valibot';
import { histogramOf } from '../../../src/statistics/lags';
import { keyOfId } from '../../../src/store/ids';
import type { SimulatedEvent } from '../../../tools/simulate/plan/event';
import {
  type Counters,
  counterNames,
  emptyCounters,
  emptyStatistics,
  expectedOf,
  type Statistics,
  type Status,
  type Subscriber,
  textOfGroup,
  utcDay,
} from '../../../tools/simulate/plan/model';
import type { Instance } from './instance';
import type { VirtualSpace } from './virtual-space';

/** What a case has told the app, and what the app has said it took. */
export interface Told {
  /** Every event that was ever sent with a genuine signature, by the key that it is stored under. */
  readonly genuine: ReadonlyMap<string, SimulatedEvent>;
  /** Keys that were answered with 200. */
  readonly acknowledged: ReadonlySet<string>;
  /** Keys of events that retention has removed, though not their numbers. */
  readonly removed?: ReadonlySet<string>;
  /** Keys of events that must have been given up. */
  readonly dead?: ReadonlySet<string>;
  /** Keys of events that no webhook has brought, but the back-fill. */
  readonly broughtBack?: ReadonlySet<string>;
  /** Addresses that a person or Mailgun's lists have decided about, and what is known now; undefined: nothing. */
  readonly decided?: ReadonlyMap<string, Decided | undefined>;
}

/** What must be known of an address about which somebody has decided. */
export interface Decided {
  readonly status: Status;
  /** Ids of its suppressions. */
  readonly suppressions: readonly string[];
}

const numbers = v.object(v.entriesFromList(counterNames, v.optional(v.number(), 0)));
const key = v.pipe(
  v.string(),
  v.transform((id) => keyOfId(id, 'any')),
);
const campaign = v.object({
  ...numbers.entries,
  _id: key,
  dirty: v.optional(v.nullable(v.string()), null),
  firstEventAt: v.optional(v.nullable(v.string()), null),
  lastEventAt: v.optional(v.nullable(v.string()), null),
  lags: v.optional(v.array(v.number()), []),
  days: v.optional(v.record(v.string(), numbers), {}),
});
type Campaign = v.InferOutput<typeof campaign>;

const subscriber = v.object({
  _id: key,
  status: v.string(),
  active: v.boolean(),
  bounced: v.boolean(),
  doNotEmail: v.boolean(),
  unsubscribedFrom: v.array(v.string()),
  suppressions: v.array(
    v.object({
      list: v.string(),
      domain: v.nullable(v.string()),
      scope: v.string(),
      doubtful: v.boolean(),
    }),
  ),
});
type StoredSubscriber = v.InferOutput<typeof subscriber>;
const change = v.object({
  id: v.string(),
  email: v.nullable(v.string()),
  kind: v.picklist(['added', 'changed', 'lifted']),
  suppression: v.object({ id: v.string() }),
});
const changes = v.object({ items: v.array(change), next: v.string() });
const storedEvent = v.object({ _id: v.string(), state: v.optional(v.nullable(v.string()), null) });
const bucket = v.object({
  _id: v.string(),
  dirty: v.optional(v.nullable(v.string()), null),
  recountAt: v.optional(v.nullable(v.string()), null),
});
const auditStep = v.object({ items: v.array(v.unknown()), next: v.nullable(v.string()) });

/**
 * Compares everything that is stored with the model: a fold over the events in the log, which must hold all
 * that were acknowledged and nothing that was never sent.
 * @returns sentences that say what is wrong; none when all is well
 */
export async function check(
  space: VirtualSpace,
  {
    genuine,
    acknowledged,
    removed = new Set(),
    dead = new Set(),
    broughtBack = new Set(),
    decided = new Map(),
  }: Told,
): Promise<string[]> {
  const log = (await space.documents('email_events')).map((document) => v.parse(storedEvent, document));
  const stored = new Set(log.map((event) => event._id));
  const counted = [...new Set([...stored, ...removed])].flatMap((key) => genuine.get(key) ?? []);
  const campaigns: Campaign[] = [];
  for (const collection of ['campaign_stats', 'breakdown_stats'])
    for (const document of await space.documents(collection)) campaigns.push(v.parse(campaign, document));
  const byId = new Map(campaigns.map((document) => [document._id, document]));
  const expected = expectedCampaigns(
    counted,
    [...broughtBack].flatMap((key) => genuine.get(key) ?? []),
  );
  const buckets = (await space.documents('stat_buckets')).map((document) => v.parse(bucket, document));
  return [
    ...[...acknowledged].filter((key) => !stored.has(key) && !removed.has(key)).map((key) => `lost: ${key}`),
    ...[...stored].filter((key) => !genuine.has(key)).map((key) => `stored but never sent: ${key}`),
    ...[...stored].filter((key) => removed.has(key)).map((key) => `not removed: ${key}`),
    ...log
      .filter((event) => event.state !== (dead.has(event._id) ? 'dead' : 'done'))
      .map((event) => `${event._id} should not be ${event.state ?? 'pending'}`),
    ...[...buckets, ...campaigns]
      .filter((document) => document.dirty !== null)
      .map((document) => `not counted: ${document._id}`),
    ...[...new Set([...byId.keys(), ...expected.keys()])].flatMap((id) =>
      compareCampaign(id, expected.get(id) ?? emptyStatistics(), byId.get(id)),
    ),
    ...compareLags(byId.get('all'), {
      stored: counted.length,
      done: counted.length - dead.size,
      isWaiting: buckets.some(({ recountAt }) => recountAt !== null),
    }),
    ...(await compareFailures(space, counted)),
    ...(await compareSubscribers(space, decide(expectedOf(counted).subscribers, decided))),
    ...(await compareFeed(space)),
    ...compareEventFeed(await readEventFeed(space), stored),
    ...(await audit(space)),
  ];
}

const idOf = ({ list, domain, scope }: StoredSubscriber['suppressions'][number]) =>
  `${list}|${domain ?? '*'}|${scope}`;

async function storedSubscribers(space: VirtualSpace): Promise<StoredSubscriber[]> {
  return (await space.documents('subscribers')).map((document) => v.parse(subscriber, document));
}

/** Reads the feed of changes to its end, a few at a time. */
async function readFeed(space: VirtualSpace): Promise<v.InferOutput<typeof change>[]> {
  const instance = await space.spare();
  const read: v.InferOutput<typeof change>[] = [];
  for (let after = ''; ; ) {
    const answer = await instance.api('GET /api/suppressions/changes', { query: { after, limit: '3' } });
    if (answer.status !== 200)
      throw new Error(`The feed answered ${answer.status} ${JSON.stringify(answer.body)}`);
    const { items, next }: v.InferOutput<typeof changes> = v.parse(changes, answer.body);
    read.push(...items);
    if (items.length === 0) return read;
    after = next;
  }
}

/** A reader of the feed must know what is stored, and be told of each change once. */
async function compareFeed(space: VirtualSpace): Promise<string[]> {
  const feed = await readFeed(space);
  const problems: string[] = [];
  if (new Set(feed.map(({ id }) => id)).size < feed.length) problems.push('the feed tells a change twice');
  const known = new Set<string>();
  for (const { email, kind, suppression } of feed) {
    if (email === null) continue;
    const what = `${email} ${suppression.id}`;
    if (known.has(what) !== (kind !== 'added')) problems.push(`the feed calls ${what} ${kind}`);
    if (kind === 'lifted') known.delete(what);
    else known.add(what);
  }
  const stored = (await storedSubscribers(space)).flatMap(({ _id, suppressions }) =>
    suppressions.map((one) => `${_id} ${idOf(one)}`),
  );
  return [
    ...problems,
    ...stored.filter((what) => !known.has(what)).map((what) => `the feed does not tell of ${what}`),
    ...[...known].filter((what) => !stored.includes(what)).map((what) => `the feed tells of ${what}`),
  ];
}

const fedEvent = v.object({ cursor: v.string(), key: v.string() });

/** An event of the feed with the cursor behind it. */
export type FedEvent = v.InferOutput<typeof fedEvent>;

/** Reads the feed of events from a cursor to its end as it is then. */
export async function readEventFeed(
  space: VirtualSpace,
  query: Record<string, string> = {},
  reader?: Instance,
): Promise<FedEvent[]> {
  const instance = reader ?? (await space.spare());
  const { status, body } = await instance.api('GET /api/events.ndjson', { query, headers: {} });
  if (status !== 200) throw new Error(`The feed of events answered ${status} ${JSON.stringify(body)}`);
  const lines = v.parse(v.optional(v.string(), ''), body).split('\n').slice(0, -1);
  return lines.map((line) => v.parse(fedEvent, JSON.parse(line)));
}

/** A reader of the feed must be told of each event of the log once. */
export function compareEventFeed(fed: readonly FedEvent[], stored: ReadonlySet<string>): string[] {
  const keys = fed.map(({ key }) => key);
  return [
    ...keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `the export repeats ${key}`),
    ...[...stored].filter((key) => !keys.includes(key)).map((key) => `the export skips ${key}`),
    ...keys.filter((key) => !stored.has(key)).map((key) => `the export holds ${key}, which the log does not`),
  ];
}

function decide(
  subscribers: ReadonlyMap<string, Subscriber>,
  decided: ReadonlyMap<string, Decided | undefined>,
): ReadonlyMap<string, Subscriber> {
  const after = new Map(subscribers);
  for (const [address, known] of decided) {
    if (known === undefined) after.delete(address);
    else
      after.set(address, {
        status: known.status,
        unsubscribedFrom: undefined,
        suppressions: new Map(
          known.suppressions.map((id) => [id, { isDoubtful: false, isCertain: true }] as const),
        ),
      });
  }
  return after;
}

/** Each event must lie in a histogram of how it came once, and in that of its effects once these are counted. */
function compareLags(
  all: Campaign | undefined,
  { stored, done, isWaiting }: { stored: number; done: number; isWaiting: boolean },
): string[] {
  const countOf = (name: 'webhookArrival' | 'backfillArrival' | 'processing') =>
    histogramOf(all?.lags ?? [], name).count;
  const came = countOf('webhookArrival') + countOf('backfillArrival');
  const processed = countOf('processing');
  return [
    ...(came === stored ? [] : [`${came} events have come some time, should be ${stored}`]),
    ...(processed === done || (isWaiting && processed < done)
      ? []
      : [`${processed} events took some time, should be ${done}`]),
  ];
}

/** The provider and the class of a failure that is counted; null for any other event. */
function classOf(event: SimulatedEvent): string | null {
  const [group] = expectedOf([event]).failures.keys();
  const [, , provider, classification] = group?.split(' ') ?? [];
  return group === undefined ? null : `${provider}/${classification}`;
}

/**
 * The numbers of all mail and of every tag, sending domain, mailbox provider and class of failures, and of what was
 * brought back of each domain, by the id of their document.
 */
function expectedCampaigns(
  events: readonly SimulatedEvent[],
  broughtBack: readonly SimulatedEvent[],
): Map<string, Statistics> {
  const { all, tags, providers } = expectedOf(events);
  const ofDomains = (of: readonly SimulatedEvent[], prefix: string) =>
    [...new Set(of.map(({ domain }) => domain))].map((name): [string, Statistics] => [
      `${prefix}:${name}`,
      expectedOf(of.filter(({ domain }) => domain === name)).all,
    ]);
  const failed = events.flatMap((event) => {
    const name = classOf(event);
    return name === null ? [] : [{ name, event }];
  });
  const classes = [...new Set(failed.map(({ name }) => name))].map((name): [string, Statistics] => [
    `class:${name}`,
    expectedOf(failed.flatMap((one) => (one.name === name ? [one.event] : []))).all,
  ]);
  return new Map([
    ['all', all],
    ...classes,
    ...[...tags].map(([tag, statistics]): [string, Statistics] => [`tag:${tag}`, statistics]),
    ...[...providers].map(([name, statistics]): [string, Statistics] => [`provider:${name}`, statistics]),
    ...ofDomains(events, 'domain'),
    ...ofDomains(broughtBack, 'backfill'),
  ]);
}

function compareCampaign(id: string, expected: Statistics, stored: Campaign | undefined): string[] {
  const days = new Set([...expected.days.keys(), ...Object.keys(stored?.days ?? {})]);
  return [
    ...compareCounters(id, expected.total, stored ?? emptyCounters()),
    ...[...days].flatMap((day) =>
      compareCounters(
        `${id} on ${day}`,
        expected.days.get(day) ?? emptyCounters(),
        stored?.days[day] ?? emptyCounters(),
      ),
    ),
    ...compareTime(`${id} firstEventAt`, expected.firstEventAt, stored?.firstEventAt ?? null),
    ...compareTime(`${id} lastEventAt`, expected.lastEventAt, stored?.lastEventAt ?? null),
  ];
}

function compareCounters(where: string, expected: Counters, stored: Counters): string[] {
  return counterNames
    .filter((name) => expected[name] !== stored[name])
    .map((name) => `${where}: ${name} is ${stored[name]}, should be ${expected[name]}`);
}

function compareTime(where: string, expected: number | undefined, stored: string | null): string[] {
  const isEqual =
    expected === undefined || stored === null
      ? expected === undefined && stored === null
      : Math.abs(Date.parse(stored) - expected) <= 1;
  return isEqual ? [] : [`${where} is ${stored}`];
}

async function compareSubscribers(
  space: VirtualSpace,
  expected: ReadonlyMap<string, Subscriber>,
): Promise<string[]> {
  const documents = await storedSubscribers(space);
  const byAddress = new Map(documents.map((document) => [document._id, document]));
  const strangers = [...byAddress.keys()].filter((address) => !expected.has(address));
  return [
    ...strangers.map((address) => `${address}: should not be a subscriber`),
    ...[...expected].flatMap(([address, { status, unsubscribedFrom, suppressions }]) => {
      const found = byAddress.get(address);
      if (found === undefined) return [`${address}: missing`];
      const problems: string[] = [];
      if (found.status !== status) problems.push(`${address}: is ${found.status}, should be ${status}`);
      if (found.active !== (status === 'active') || found.doNotEmail !== (status !== 'active'))
        problems.push(`${address}: flags do not fit the status ${found.status}`);
      const scope = unsubscribedFrom && [...unsubscribedFrom].sort().join();
      if (scope !== undefined && scope !== [...found.unsubscribedFrom].sort().join())
        problems.push(`${address}: unsubscribed from ${found.unsubscribedFrom}, should be ${scope}`);
      const wanted = [...suppressions].map(([id, { isDoubtful }]) => `${id}${isDoubtful ? ' doubtful' : ''}`);
      const has = found.suppressions.map((one) => `${idOf(one)}${one.doubtful ? ' doubtful' : ''}`);
      if (wanted.sort().join() !== has.sort().join())
        problems.push(`${address}: suppressed by ${has.join()}, should be ${wanted.join()}`);
      return problems;
    }),
  ];
}

const failures = v.object({
  items: v.array(
    v.object({
      domain: v.nullable(v.string()),
      provider: v.string(),
      classification: v.string(),
      code: v.nullable(v.string()),
      failures: v.number(),
    }),
  ),
});

/** The groups of failures of each day on which anything has happened. */
async function compareFailures(space: VirtualSpace, events: readonly SimulatedEvent[]): Promise<string[]> {
  const instance = await space.spare();
  const stored = new Map<string, number>();
  for (const day of new Set(events.map(utcDay))) {
    const { status, body } = await instance.api('GET /api/failures', { query: { from: day, to: day } });
    if (status !== 200) return [`the failures of ${day} are answered with ${status}`];
    for (const item of v.parse(failures, body).items)
      stored.set(textOfGroup({ day, ...item }), item.failures);
  }
  const expected = expectedOf(events).failures;
  return [...new Set([...expected.keys(), ...stored.keys()])]
    .filter((group) => expected.get(group) !== stored.get(group))
    .map((group) => `failures ${group}: ${stored.get(group)}, should be ${expected.get(group)}`);
}

/** What the app's own audit finds. */
async function audit(space: VirtualSpace): Promise<string[]> {
  const instance = await space.spare();
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const answer = await instance.api('POST /api/audit', { body: { fix: false, cursor } });
    if (answer.status !== 200) return [`the audit answered ${answer.status}`];
    const step: v.InferOutput<typeof auditStep> = v.parse(auditStep, answer.body);
    found.push(...step.items.map((item) => `audit: ${JSON.stringify(item)}`));
    cursor = step.next;
  } while (cursor !== null);
  return found;
}
