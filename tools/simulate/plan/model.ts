import * as v from 'valibot';
import {
  classifyFailure,
  codeOfFailure,
  concernsNoSubscriber,
  type FailureClass,
  isListed,
} from './classify-failure';
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
  'peopleOpened',
  'peopleClicked',
  'deliveredSmtp',
  'deliveredHttp',
  'deliveredFirstAttempt',
  'deliveredTwoPlusAttempts',
  'hardBounces',
  'softBounces',
  'delayedBounces',
  'permanentFailuresOld',
  'suppressedBounces',
  'suppressedComplaints',
  'suppressedUnsubscribes',
  'deliveredToReporting',
  'webhookFailures',
  'forwarded',
  'tests',
] as const;

const everyCounter = v.object(v.entriesFromList(counterNames, v.number()));

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
export const statuses = ['active', 'manual', 'bounced', 'unsubscribed', 'complained'] as const;
export type Status = (typeof statuses)[number];

export interface Subscriber {
  status: Status;
  /** Tags and lists, `*` for all mail; undefined where Mailgun only said that there was an unsubscribe. */
  unsubscribedFrom: Set<string> | undefined;
  /** Why not to write to it: list, sending domain and scope, and whether all that is known of it is doubtful. */
  suppressions: Map<string, { isDoubtful: boolean; isCertain: boolean }>;
}

/** What a space must hold after exactly these events, in whatever order and how often they came. */
export interface Expected {
  readonly all: Statistics;
  readonly tags: Map<string, Statistics>;
  /** By mailbox provider. */
  readonly providers: Map<string, Statistics>;
  /** How many failures there are in each group, by the text of the group. */
  readonly failures: Map<string, number>;
  /** By address in lower case. */
  readonly subscribers: Map<string, Subscriber>;
}

/** What failures that are counted together have in common; null where it is not told. */
export interface FailureGroup {
  readonly day: string;
  readonly domain: string | null;
  readonly provider: string;
  readonly classification: string;
  readonly code: string | null;
}

/** One text for each group. */
export function textOfGroup({ day, domain, provider, classification, code }: FailureGroup): string {
  return [day, domain ?? '?', provider, classification, code ?? '?'].join(' ');
}

/** The class in the text of a group. */
export function classOfGroup(text: string): string {
  return text.split(' ')[3] ?? '';
}

export function emptyCounters(): Counters {
  const none = Object.fromEntries(counterNames.map((name) => [name, 0]));
  return v.parse(everyCounter, none);
}

export function emptyStatistics(): Statistics {
  return { total: emptyCounters(), days: new Map(), firstEventAt: undefined, lastEventAt: undefined };
}

/** An address as subscribers are told apart. */
export function subscriberAddress(recipient: string): string {
  return recipient.trim().toLowerCase();
}

const providerOfDomain: ReadonlyMap<string, string> = new Map([
  ['gmail.com', 'Gmail'],
  ['googlemail.com', 'Gmail'],
  ['outlook.com', 'Outlook'],
  ['hotmail.com', 'Outlook'],
  ['yahoo.com', 'Yahoo'],
  ['icloud.com', 'iCloud'],
]);

/** The provider of a mailbox, by its domain, whatever Mailgun calls it. */
export function providerOf(event: SimulatedEvent): string {
  const [, domain = ''] = subscriberAddress(event.recipient ?? '').split('@');
  return providerOfDomain.get(domain) ?? 'Other';
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

/** The statuses of the classes that always have one: the address is bad, or on a list of Mailgun's. */
const statusOfClass: { readonly [Name in FailureClass]?: Status } = {
  hard_bounce: 'bounced',
  bounce: 'bounced',
  delayed_bounce: 'bounced',
  suppressed_bounce: 'bounced',
  suppressed_earlier: 'bounced',
  suppressed_unsubscribe: 'unsubscribed',
  suppressed_complaint: 'complained',
};
/** The classes of good addresses, which Mailgun lists all the same when it calls them a bounce. */
const classesOfGoodAddresses = new Set<FailureClass>(['sender_blocked', 'soft_bounce']);

/** Mailgun names a machine; these words of it mean that there was none. */
function isMachine(bot: string | null | undefined): boolean {
  return !['', 'no', 'none', 'unknown'].includes((bot ?? '').toLowerCase());
}

const softReasons = ['generic', 'greylisted', 'blacklisted', 'espblock'];

/** The counters of a failure, as Mailgun's own definitions put them. */
function countersOfFailure({ failure, flags }: SimulatedEvent): CounterName[] {
  if (failure?.severity !== 'permanent') return ['failures', 'temporaryFailures'];
  const counters: CounterName[] = ['failures', 'permanentFailures'];
  const failureClass = classifyFailure(failure, flags);
  if (failureClass === 'suppressed_bounce' || failureClass === 'suppressed_earlier')
    return [...counters, 'suppressedFailures', 'suppressedBounces'];
  if (failureClass === 'suppressed_complaint')
    return [...counters, 'suppressedFailures', 'suppressedComplaints'];
  if (failureClass === 'suppressed_unsubscribe')
    return [...counters, 'suppressedFailures', 'suppressedUnsubscribes'];
  // A legacy bounce is one by its name and a legacy drop by its reason.
  const reason = failure.legacy === 'bounced' ? 'bounce' : failure.reason;
  if (reason === 'old') counters.push('permanentFailuresOld');
  if (flags.delayedBounce === true) counters.push('delayedBounces');
  else if (reason === 'bounce') counters.push('hardBounces');
  else if (softReasons.includes(reason)) counters.push('softBounces');
  return counters;
}

/** The counters of what is no mail to a recipient; null for all other events. */
function countersApart({ kind, failure, flags }: SimulatedEvent): CounterName[] | null {
  const isTest = flags.testMode === true || flags.systemTest === true;
  const isCallback = flags.callback === true || flags.webhook === true;
  const isForwarded = flags.routed === true;
  if (!isTest && !isCallback && !isForwarded) return null;
  return [
    ...(isCallback && kind === 'failed' && failure?.severity === 'permanent'
      ? (['webhookFailures'] as const)
      : []),
    ...(isForwarded ? (['forwarded'] as const) : []),
    ...(isTest ? (['tests'] as const) : []),
  ];
}

/** The counters that an event raises by one, first opens and clicks apart. */
function countersOf(event: SimulatedEvent): CounterName[] {
  const apart = countersApart(event);
  if (apart !== null) return apart;
  const byBot = isMachine(event.bot);
  switch (event.kind) {
    case 'delivered': {
      const isGmail = providerOf(event) === 'Gmail';
      return [
        'delivered',
        'deliveredSmtp',
        // The old forms do not tell the attempt, and all others say that it was the first.
        ...(event.encoding === 'json' ? (['deliveredFirstAttempt'] as const) : []),
        ...(isGmail ? [] : (['deliveredToReporting'] as const)),
      ];
    }
    case 'accepted':
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
    case 'failed':
      return countersOfFailure(event);
  }
}

/** The counters that this event may raise, and among which events it must be the first. */
function countersOfFirst(event: SimulatedEvent): [counter: CounterName, among: unknown[]][] {
  if (event.recipient === undefined || countersApart(event) !== null) return [];
  if (event.kind !== 'opened' && event.kind !== 'clicked') return [];
  const isOpen = event.kind === 'opened';
  const person = subscriberAddress(event.recipient);
  const machine = isMachine(event.bot) ? event.bot?.toLowerCase() : undefined;
  return [
    [isOpen ? 'uniqueOpens' : 'uniqueClicks', [person, event.messageId, machine]],
    ...(machine === undefined
      ? [[isOpen ? 'peopleOpened' : 'peopleClicked', [person]] satisfies [CounterName, unknown[]]]
      : []),
  ];
}

/** The tags as Mailgun tells them apart: not by case. */
function namedTags(event: SimulatedEvent): string[] {
  return [...new Set(event.tags.map((tag) => tag.toLowerCase()))];
}

const messageOf = (event: SimulatedEvent) =>
  JSON.stringify([event.messageId, subscriberAddress(event.recipient ?? '')]);

/** The tags of every message to a person. Those of an unsubscribe are its scope. */
function tagsByMessage(events: Iterable<SimulatedEvent>): Map<string, Set<string>> {
  const byMessage = new Map<string, Set<string>>();
  for (const event of events) {
    if (event.recipient === undefined || event.kind === 'unsubscribed' || isUntold(event)) continue;
    const tags = getOrAdd(byMessage, messageOf(event), () => new Set<string>());
    for (const tag of namedTags(event)) tags.add(tag);
  }
  return byMessage;
}

/** Mailgun names no tags in a delayed bounce, whatever the message had. */
function isUntold(event: SimulatedEvent): boolean {
  return event.flags.delayedBounce === true;
}

/** What happens to a message and may not say its tags. */
function belongsToMessage({ kind, flags, recipient }: SimulatedEvent): boolean {
  return (
    recipient !== undefined &&
    (kind === 'unsubscribed' || kind === 'complained' || flags.delayedBounce === true)
  );
}

/** The tags that an event counts for; `*` in an unsubscribe is a scope, not a tag. */
export function statisticTags(event: SimulatedEvent): string[] {
  const tags = namedTags(event);
  return event.kind === 'unsubscribed' ? tags.filter((tag) => tag !== '*') : tags;
}

/** The tags of an unsubscribe are its scope; those of a legacy form are the tags of the message. */
function unsubscribeScope(event: SimulatedEvent): string[] {
  if (event.encoding !== 'json') return [event.mailingList?.toLowerCase() ?? '*'];
  if (event.tags.length > 0) return namedTags(event);
  return [event.mailingList?.toLowerCase() ?? '*'];
}

const scopeOfTag = (tag: string) => (tag === '*' ? tag : `tag:${tag}`);

/** What an event says against writing to its address, each as list, sending domain and scope. */
function suppressionsBy(event: SimulatedEvent): [id: string, isDoubtful: boolean | undefined][] {
  const id = (list: string, scope = '*') => `${list}|${event.domain}|${scope}`;
  if (event.kind === 'complained') return [[id('complaint'), false]];
  if (event.kind === 'unsubscribed') {
    const isOfList =
      event.mailingList !== undefined && (event.tags.length === 0 || event.encoding !== 'json');
    const scopes = isOfList
      ? [`list:${event.mailingList?.toLowerCase()}`]
      : unsubscribeScope(event).map(scopeOfTag);
    return scopes.map((scope) => [id('unsubscribe', scope), false]);
  }
  if (event.failure === undefined) return [];
  const failureClass = classifyFailure(event.failure, event.flags);
  if (classesOfGoodAddresses.has(failureClass))
    return isListed(event.failure, event.flags) ? [[id('bounce'), true]] : [];
  switch (failureClass) {
    case 'hard_bounce':
    case 'bounce':
    case 'delayed_bounce':
      return [[id('bounce'), false]];
    case 'suppressed_bounce':
    case 'suppressed_earlier':
      return [[id('bounce'), undefined]];
    case 'suppressed_complaint':
      return [[id('complaint'), undefined]];
    case 'suppressed_unsubscribe': {
      const tags = namedTags(event).sort();
      return [[id('unsubscribe', tags.length === 0 ? '*' : `mail:${JSON.stringify(tags)}`), undefined]];
    }
    default:
      return [];
  }
}

/** What speaks against the address itself counts more than what does not, and both more than a mere refusal. */
function foldSuppressions(subscriber: Subscriber, event: SimulatedEvent): void {
  for (const [id, isDoubtful] of suppressionsBy(event)) {
    const known = getOrAdd(subscriber.suppressions, id, () => ({ isDoubtful: false, isCertain: false }));
    known.isCertain ||= isDoubtful === false;
    known.isDoubtful = !known.isCertain && (known.isDoubtful || isDoubtful === true);
  }
}

/** The status that an event asks for; the higher one of it and the present one holds. */
function statusAfter(event: SimulatedEvent): Status {
  if (event.kind === 'complained') return 'complained';
  if (event.kind === 'unsubscribed') return 'unsubscribed';
  if (event.failure === undefined) return 'active';
  const failureClass = classifyFailure(event.failure, event.flags);
  if (classesOfGoodAddresses.has(failureClass))
    return isListed(event.failure, event.flags) ? 'bounced' : 'active';
  return statusOfClass[failureClass] ?? 'active';
}

function foldSubscriber(subscribers: Map<string, Subscriber>, event: SimulatedEvent): void {
  if (event.recipient === undefined || concernsNoSubscriber(event.flags)) return;
  if (event.failure?.severity === 'internal') return;
  const subscriber = getOrAdd(subscribers, subscriberAddress(event.recipient), (): Subscriber => {
    return { status: 'active', unsubscribedFrom: new Set(), suppressions: new Map() };
  });
  foldSuppressions(subscriber, event);
  const status = statusAfter(event);
  if (statuses.indexOf(status) > statuses.indexOf(subscriber.status)) subscriber.status = status;
  if (event.kind === 'unsubscribed') {
    for (const scope of unsubscribeScope(event)) subscriber.unsubscribedFrom?.add(scope);
  } else if (status === 'unsubscribed') {
    subscriber.unsubscribedFrom = undefined;
  }
}

function foldFailure(failures: Map<string, number>, event: SimulatedEvent): void {
  const { failure, flags, domain } = event;
  if (failure === undefined || countersApart(event) !== null) return;
  const classification = classifyFailure(failure, flags);
  const code = codeOfFailure(failure);
  const group = textOfGroup({
    day: utcDay(event),
    domain,
    provider: providerOf(event),
    classification,
    code,
  });
  failures.set(group, (failures.get(group) ?? 0) + 1);
}

/**
 * The whole specification of statistics and subscribers, as a fold.
 * @param given distinct genuine events, in any order
 */
export function expectedOf(given: Iterable<SimulatedEvent>): Expected {
  const events = [...given];
  const ofMessages = tagsByMessage(events);
  const all = emptyStatistics();
  const tags = new Map<string, Statistics>();
  const providers = new Map<string, Statistics>();
  const failures = new Map<string, number>();
  const subscribers = new Map<string, Subscriber>();
  const seen = new Set<string>();

  for (const event of events) {
    const at = milliseconds(event);
    const day = utcDay(event);
    const counters = countersOf(event);
    const firsts = countersOfFirst(event);
    const named = isUntold(event) ? [] : statisticTags(event);
    const own =
      named.length === 0 && belongsToMessage(event) ? [...(ofMessages.get(messageOf(event)) ?? [])] : named;
    const groups: [unknown, Statistics][] = own.map((tag) => {
      return [tag, getOrAdd(tags, tag, emptyStatistics)];
    });
    const provider = providerOf(event);
    groups.push([{ provider }, getOrAdd(providers, provider, emptyStatistics)], [null, all]);

    for (const [group, statistics] of groups) {
      const ofDay = getOrAdd(statistics.days, day, emptyCounters);
      for (const counter of counters) {
        statistics.total[counter]++;
        ofDay[counter]++;
      }
      for (const [counter, among] of firsts) {
        const ever = JSON.stringify([counter, group, among]);
        const thatDay = JSON.stringify([counter, group, among, day]);
        if (!seen.has(ever)) statistics.total[counter]++;
        if (!seen.has(thatDay)) ofDay[counter]++;
        seen.add(ever).add(thatDay);
      }
      statistics.firstEventAt = Math.min(statistics.firstEventAt ?? at, at);
      statistics.lastEventAt = Math.max(statistics.lastEventAt ?? at, at);
    }
    foldFailure(failures, event);
    foldSubscriber(subscribers, event);
  }
  return { all, tags, providers, failures, subscribers };
}
