import type { Delivery, Draft, Stamp } from '../plan/delivery';
import type { SimulatedEvent } from '../plan/event';
import { forge, stealToken } from '../plan/forgeries';
import { createHistory } from '../plan/history';
import { type Expected, expectedOf, subscriberAddress } from '../plan/model';
import { createRandom, type Random } from '../plan/random';
import { createBystander, createRecipient } from '../plan/recipients';
import { type Scenario, scenarios } from '../plan/scenarios';
import { distinctEvents } from './identity';

export interface CampaignSettings {
  readonly recipients: number;
  readonly tags: readonly string[];
  /** Same seed, same plan: a whole number from 0 to 4294967295. */
  readonly seed: number;
  /** Seconds since 1970: events happen up to then, signatures are judged by then. Default: the clock. */
  readonly now?: number;
}

/** A campaign as it will be told to the webhook, and what must be stored in the end. */
export interface Plan {
  readonly seed: number;
  readonly now: number;
  /** In the order of sending. */
  readonly deliveries: readonly Delivery[];
  /** The distinct genuine events behind the deliveries. */
  readonly events: readonly SimulatedEvent[];
  readonly expected: Expected;
  /** Addresses of forgeries and of forward targets, which must not become subscribers. */
  readonly strangers: ReadonlySet<string>;
  /** The recipient whom every run with this seed creates first. */
  readonly firstRecipient: string;
}

const hour = 3600;
const campaignSeconds = 72 * hour;

/** Shares of the genuine notices that also come in these ways. */
const shares = {
  retry: 0.06,
  resend: 0.03,
  forgery: 0.03,
  stolenToken: 0.01,
  byParent: 0.02,
  signedLongAgo: 0.25,
};

function pickStory(random: Random, number: number, total: number): Scenario {
  // Each story once as far as the recipients go; who comes after them fares as people usually do.
  const told = scenarios[number];
  if (told !== undefined) return told;
  let left = random.next() * total;
  for (const story of scenarios) {
    left -= story.weight;
    if (left < 0) return story;
  }
  return random.pick(scenarios);
}

/** Most messages have one tag, some have several, one twice or none. */
function pickTags(tags: readonly string[], random: Random): string[] {
  const usual = random.next();
  if (tags.length === 0 || usual < 0.08) return [];
  const tag = random.pick(tags);
  if (usual < 0.65) return [tag];
  if (usual < 0.73) return [tag, random.pick(tags), tag];
  return [...tags];
}

function tellStories(settings: CampaignSettings, now: number, random: Random): SimulatedEvent[] {
  const total = scenarios.reduce((sum, story) => sum + story.weight, 0);
  return Array.from({ length: settings.recipients }, (_, number) => {
    const story = pickStory(random, number, total);
    const age = random.between(hour, story.recent === true ? 18 * hour : campaignSeconds);
    const history = createHistory({
      seed: settings.seed,
      number,
      person: createRecipient(settings.seed, number),
      tags: pickTags(settings.tags, random),
      sentAt: now - age,
      now,
      random,
    });
    story.tell(history, settings.seed);
    return history.events;
  }).flat();
}

function stampEvent(event: SimulatedEvent, now: number, random: Random): Stamp {
  const token = createToken(random);
  if (event.encoding !== 'json') return { timestamp: event.at, token, signing: 'genuine' };
  const soonest = Math.ceil(event.at);
  const longAgo = Math.max(soonest, Math.floor(now - random.between(0, 20 * hour)));
  return {
    timestamp: random.chance(shares.signedLongAgo) ? longAgo : Math.floor(now),
    token,
    signing: random.chance(shares.byParent) ? 'by-parent' : 'genuine',
  };
}

function createToken(random: Random): string {
  return random.text(50, '0123456789abcdef');
}

interface Entry {
  readonly draft: Draft;
  /** Where it stands among all requests; later is greater. */
  readonly order: number;
  /** The notice whose token a forgery steals. */
  readonly robs?: Entry;
}

/** Puts the events on their ways: shuffled, some twice, with forgeries in between. */
function schedule(
  events: readonly SimulatedEvent[],
  settings: CampaignSettings,
  now: number,
  random: Random,
): Delivery[] {
  const entries: Entry[] = [];
  let forgeries = 0;
  for (const [index, event] of events.entries()) {
    const stamp = stampEvent(event, now, random);
    // The very first event goes first: by its recipient a later run with the same seed is recognised.
    const order = index === 0 ? -1 : random.next();
    const notice: Entry = { draft: { purpose: 'notice', event, stamp }, order };
    entries.push(notice);
    // Half of the copies arrive together with the original, when nothing of it may be stored yet.
    if (random.chance(shares.retry)) {
      const copyOrder = random.chance(0.5) ? order : random.next();
      entries.push({ draft: { purpose: 'retry', event, stamp }, order: copyOrder });
    }
    if (random.chance(shares.resend)) {
      const fresh = stampEvent(event, now, random);
      entries.push({ draft: { purpose: 'resend', event, stamp: fresh }, order: random.next() });
    }
    if (random.chance(shares.forgery)) {
      const number = random.integer(0, settings.recipients - 1);
      const victim = random.chance(0.5)
        ? createRecipient(settings.seed, number)
        : createBystander(settings.seed, number, 'ghost');
      const forgery = forge(event, victim, { number: forgeries, now, token: createToken(random) }, random);
      forgeries += 1;
      entries.push({ draft: { purpose: 'forgery', ...forgery }, order: random.next() });
    }
    if (random.chance(shares.stolenToken)) {
      const forgery = stealToken(event, stamp, settings.seed, index, random);
      entries.push({
        draft: { purpose: 'forgery', ...forgery },
        order: random.between(Math.max(order, 0), 1),
        robs: notice,
      });
    }
  }
  entries.sort((left, right) => left.order - right.order);

  const ids = new Map(entries.map((entry, id) => [entry, id]));
  return entries.map(({ draft, robs }, id): Delivery => {
    const after = robs && ids.get(robs);
    return { ...draft, id, ...(after === undefined ? {} : { after }) };
  });
}

/**
 * Plans a campaign with everything that Mailgun is known to send.
 * @returns what to send with `sendDeliveries`, and what `compareWithSpace` must find afterwards
 */
export function planCampaign(settings: CampaignSettings): Plan {
  const now = settings.now ?? Date.now() / 1000;
  const random = createRandom(settings.seed);
  const events = distinctEvents(tellStories(settings, now, random));
  const deliveries = schedule(events, settings, now, random);
  const expected = expectedOf(events);
  const strangers = deliveries.flatMap(({ event }) => {
    const address = subscriberAddress(event.recipient ?? '');
    return address === '' || expected.subscribers.has(address) ? [] : [address];
  });
  return {
    seed: settings.seed,
    now,
    deliveries,
    events,
    expected,
    strangers: new Set(strangers),
    firstRecipient: createRecipient(settings.seed, 0).address,
  };
}
