import { classifyFailure, concernsNoSubscriber, type Suppression } from './classify-failure';
import type { SimulatedEvent } from './event';

/** Every number a campaign has. */
export const counterNames = [
  'accepted',
  'delivered',
  'opens',
  'clicks',
  'failures',
  'complaints',
  'unsubscribes',
  'rejected',
  'stored',
  'permanentFailures',
  'temporaryFailures',
  'suppressedFailures',
  'botOpens',
  'botClicks',
  'uniqueOpens',
  'uniqueClicks',
] as const;

export type CounterName = (typeof counterNames)[number];
export type Counters = Record<CounterName, number>;

/** The numbers of one tag, or of all mail. */
export interface Statistics {
  readonly total: Counters;
  /** By UTC day, `2026-11-24`. */
  readonly days: Map<string, Counters>;
  /** Milliseconds since 1970; undefined without events. */
  firstEventAt: number | undefined;
  lastEventAt: number | undefined;
}

/** In rising order: an event never lowers a status. */
export const statuses = ['active', 'bounced', 'unsubscribed', 'complained'] as const;
export type Status = (typeof statuses)[number];

export interface Subscriber {
  status: Status;
  /** Tags and lists, `*` for all mail; undefined where Mailgun only said that there was an unsubscribe. */
  unsubscribedFrom: Set<string> | undefined;
}

/** What a space must hold after exactly these events, in whatever order and how often they came. */
export interface Expected {
  readonly all: Statistics;
  readonly tags: Map<string, Statistics>;
  /** By address in lower case. */
  readonly subscribers: Map<string, Subscriber>;
}

export function emptyCounters(): Counters {
  return {
    accepted: 0,
    delivered: 0,
    opens: 0,
    clicks: 0,
    failures: 0,
    complaints: 0,
    unsubscribes: 0,
    rejected: 0,
    stored: 0,
    permanentFailures: 0,
    temporaryFailures: 0,
    suppressedFailures: 0,
    botOpens: 0,
    botClicks: 0,
    uniqueOpens: 0,
    uniqueClicks: 0,
  };
}

export function emptyStatistics(): Statistics {
  return { total: emptyCounters(), days: new Map(), firstEventAt: undefined, lastEventAt: undefined };
}

/** An address as subscribers are told apart. */
export function subscriberAddress(recipient: string): string {
  return recipient.trim().toLowerCase();
}

/** Milliseconds since 1970, cut off as a date shows them. */
export function milliseconds(event: SimulatedEvent): number {
  return Math.floor(event.at * 1000 + 1e-3);
}

export function utcDay(event: SimulatedEvent): string {
  return new Date(milliseconds(event)).toISOString().slice(0, 10);
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const created = create();
  map.set(key, created);
  return created;
}

/** What Mailgun's suppression list says about an address that it refuses to write to. */
const statusOfSuppression: Record<Suppression, Status> = {
  bounced: 'bounced',
  'good-but-listed': 'bounced',
  'bounced-earlier': 'bounced',
  'suppressed-earlier': 'bounced',
  'unsubscribed-earlier': 'unsubscribed',
  'complained-earlier': 'complained',
};

function isSuppression(verdict: string): verdict is Suppression {
  return Object.hasOwn(statusOfSuppression, verdict);
}

/** Mailgun names a machine; these words of it mean that there was none. */
function isMachine(bot: string | null | undefined): boolean {
  return !['', 'no', 'none', 'unknown'].includes((bot ?? '').toLowerCase());
}

/** The counters that an event raises by one, people's first opens and clicks apart. */
function countersOf(event: SimulatedEvent): CounterName[] {
  const byBot = isMachine(event.bot);
  switch (event.kind) {
    case 'accepted':
    case 'delivered':
    case 'rejected':
    case 'stored':
      return [event.kind];
    case 'opened':
      return byBot ? ['opens', 'botOpens'] : ['opens'];
    case 'clicked':
      return byBot ? ['clicks', 'botClicks'] : ['clicks'];
    case 'unsubscribed':
      return ['unsubscribes'];
    case 'complained':
      return ['complaints'];
    case 'newfangled':
      return [];
    case 'failed': {
      const counters: CounterName[] = ['failures'];
      if (event.failure?.severity === 'permanent') counters.push('permanentFailures');
      if (event.failure?.severity === 'temporary') counters.push('temporaryFailures');
      const verdict = event.failure && classifyFailure(event.failure, event.flags);
      if (verdict?.endsWith('-earlier')) counters.push('suppressedFailures');
      return counters;
    }
  }
}

/** The counter of people that this event may raise: once per person. */
function uniqueCounterOf(event: SimulatedEvent): 'uniqueOpens' | 'uniqueClicks' | undefined {
  if (isMachine(event.bot)) return undefined;
  if (event.recipient === undefined) return undefined;
  if (event.kind === 'opened') return 'uniqueOpens';
  if (event.kind === 'clicked') return 'uniqueClicks';
  return undefined;
}

/** The tags that an event counts for; `*` in an unsubscribe is a scope, not a tag. */
export function statisticTags(event: SimulatedEvent): string[] {
  const tags = [...new Set(event.tags)];
  return event.kind === 'unsubscribed' ? tags.filter((tag) => tag !== '*') : tags;
}

function unsubscribeScope(event: SimulatedEvent): string[] {
  if (event.tags.length > 0) return [...event.tags];
  return [event.mailingList ?? '*'];
}

/** The status that an event asks for; the higher one of it and the present one holds. */
function statusAfter(event: SimulatedEvent): Status {
  if (event.kind === 'complained') return 'complained';
  if (event.kind === 'unsubscribed') return 'unsubscribed';
  if (event.failure === undefined) return 'active';
  const verdict = classifyFailure(event.failure, event.flags);
  return isSuppression(verdict) ? statusOfSuppression[verdict] : 'active';
}

function foldSubscriber(subscribers: Map<string, Subscriber>, event: SimulatedEvent): void {
  if (event.recipient === undefined || concernsNoSubscriber(event.flags)) return;
  if (event.failure?.severity === 'internal') return;
  const subscriber = getOrAdd(subscribers, subscriberAddress(event.recipient), (): Subscriber => {
    return { status: 'active', unsubscribedFrom: new Set() };
  });
  const status = statusAfter(event);
  if (statuses.indexOf(status) > statuses.indexOf(subscriber.status)) subscriber.status = status;
  if (event.kind === 'unsubscribed') {
    for (const scope of unsubscribeScope(event)) subscriber.unsubscribedFrom?.add(scope);
  } else if (status === 'unsubscribed') {
    subscriber.unsubscribedFrom = undefined;
  }
}

/**
 * The whole specification of statistics and subscribers, as a fold.
 * @param events distinct genuine events, in any order
 */
export function foldEvents(events: Iterable<SimulatedEvent>): Expected {
  const all = emptyStatistics();
  const tags = new Map<string, Statistics>();
  const subscribers = new Map<string, Subscriber>();
  const seen = new Set<string>();

  for (const event of events) {
    const at = milliseconds(event);
    const day = utcDay(event);
    const counters = countersOf(event);
    const unique = uniqueCounterOf(event);
    const person = subscriberAddress(event.recipient ?? '');
    const groups: [string | null, Statistics][] = statisticTags(event).map((tag) => {
      return [tag, getOrAdd(tags, tag, emptyStatistics)];
    });
    groups.push([null, all]);

    for (const [group, statistics] of groups) {
      const ofDay = getOrAdd(statistics.days, day, emptyCounters);
      for (const counter of counters) {
        statistics.total[counter]++;
        ofDay[counter]++;
      }
      if (unique !== undefined) {
        const ever = JSON.stringify([unique, group, person]);
        const thatDay = JSON.stringify([unique, group, person, day]);
        if (!seen.has(ever)) statistics.total[unique]++;
        if (!seen.has(thatDay)) ofDay[unique]++;
        seen.add(ever).add(thatDay);
      }
      statistics.firstEventAt = Math.min(statistics.firstEventAt ?? at, at);
      statistics.lastEventAt = Math.max(statistics.lastEventAt ?? at, at);
    }
    foldSubscriber(subscribers, event);
  }
  return { all, tags, subscribers };
}
