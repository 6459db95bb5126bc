import { domainOfAddress } from '../events/address';
import { classifyFailure, meaningOf } from '../events/classify';
import type { MailgunEvent } from '../events/event';
import { causeOf, failureCodeOf } from '../events/evidence';
import { providerOf } from '../events/provider';
import {
  allMail,
  type Decision,
  type Source,
  type Suppression,
  scopeOfList,
  scopeOfRefusedMail,
  scopeOfTag,
} from './suppression';

/**
 * How much evidence says: what happened here comes before what speaks for an address that Mailgun lists, and both
 * before Mailgun's word that something happened earlier. So a refusal to send never replaces the bounce that caused it.
 */
const ranks = { certain: 0, doubtful: 1, reported: 2 } as const;
type Rank = keyof typeof ranks;

/** When that happened which decided, ISO. It may differ from since when a person says that it holds. */
export function decidedAt({ evidence }: Pick<Suppression, 'evidence'>): string {
  return evidence.split('|')[1] ?? '';
}

/** Evidence as a suppression that nothing else is known of. */
function suppressionBy(
  rank: Rank,
  key: string,
  fields: Omit<Suppression, 'evidence' | 'doubtful'>,
): Suppression {
  return { ...fields, evidence: `${ranks[rank]}|${fields.since}|${key}`, doubtful: rank === 'doubtful' };
}

const lists = { bounced: 'bounce', unsubscribed: 'unsubscribe', complained: 'complaint' } as const;

/** What an unsubscribe is from. */
function scopesOf({ unsubscribedFrom, mailingList }: MailgunEvent): string[] {
  return unsubscribedFrom.map((name) =>
    name === allMail ? allMail : name === mailingList ? scopeOfList(name) : scopeOfTag(name),
  );
}

/** What an event says against writing to its address. */
export function suppressionsBy(event: MailgunEvent, source: Source): Suppression[] {
  const common = {
    domain: event.domain,
    scope: allMail,
    since: event.occurredAt,
    source,
    event: event.key,
    detail: null,
    classification: event.classification,
    code: null,
    provider: null,
    by: null,
    until: null,
    refusedByMailgun: true,
  };
  if (event.event === 'complained')
    return [suppressionBy('certain', event.key, { ...common, list: 'complaint' })];
  if (event.event === 'unsubscribed') {
    return scopesOf(event).map((scope) =>
      suppressionBy('certain', event.key, {
        ...common,
        list: 'unsubscribe',
        scope,
        // Mailgun leaves out a member of its mailing list; to the address it sends.
        refusedByMailgun: !scope.startsWith('list:'),
      }),
    );
  }
  const { classification } = event;
  if (classification === null) return [];
  const { suppresses, listedByMailgun, addressIsBad } = meaningOf({ ...event, classification });
  if (suppresses === null) return [];
  const rank = addressIsBad === null ? 'reported' : addressIsBad ? 'certain' : 'doubtful';
  return [
    suppressionBy(rank, event.key, {
      ...common,
      list: lists[suppresses],
      scope: suppresses === 'unsubscribed' ? scopeOfRefusedMail(event.tags) : allMail,
      detail: causeOf(event),
      code: event.failureCode,
      provider: providerOf(event),
      refusedByMailgun: listedByMailgun,
    }),
  ];
}

/** An entry of one of Mailgun's suppression lists. */
export interface ListEntry {
  address: string;
  list: 'bounce' | 'unsubscribe' | 'complaint';
  domain: string;
  /** Of an unsubscribe; `*` for all mail. */
  tags: string[];
  code: string | null;
  error: string | null;
  /** When Mailgun has listed it, ISO. */
  createdAt: string;
}

const noFlags = { routed: false, test: false, callback: false, delayedBounce: false };

/** What an entry of Mailgun's lists says. Of a bounce its code and its error tell whether to believe it. */
export function suppressionsByEntry(entry: ListEntry): Suppression[] {
  const common = {
    list: entry.list,
    domain: entry.domain,
    since: entry.createdAt,
    source: 'mailgun' as const,
    event: null,
    by: null,
    until: null,
    provider: null,
    refusedByMailgun: true,
  } satisfies Partial<Suppression>;
  if (entry.list !== 'bounce') {
    const scopes = entry.list === 'complaint' ? [allMail] : entry.tags.map(entryScope);
    return scopes.map((scope) =>
      suppressionBy('reported', 'mailgun', {
        ...common,
        scope,
        detail: null,
        classification: null,
        code: null,
      }),
    );
  }
  const failure = {
    severity: 'permanent',
    reason: 'bounce',
    flags: noFlags,
    deliveryStatus: {
      code: entry.code !== null && /^\d{3}$/.test(entry.code) ? Number(entry.code) : null,
      enhancedCode: null,
      message: entry.error,
      description: null,
      attempt: null,
      mxHost: null,
      bounceType: null,
      lastCode: null,
      lastMessage: null,
    },
  };
  const classification = classifyFailure(failure);
  const { addressIsBad } = meaningOf({ ...failure, classification });
  return [
    suppressionBy(addressIsBad === false ? 'doubtful' : 'reported', 'mailgun', {
      ...common,
      scope: allMail,
      detail: entry.error,
      classification,
      code: failureCodeOf(failure) ?? entry.code,
      provider: providerOf({ recipientProvider: null, recipientDomain: domainOfAddress(entry.address) }),
    }),
  ];
}

const entryScope = (tag: string) => (tag === allMail ? allMail : scopeOfTag(tag.toLowerCase()));

/** What a person has added says. */
export function suppressionByDecision({
  at,
  since,
  until,
  source,
  by,
  why,
  ...meant
}: Decision): Suppression {
  const list = meant.list ?? 'manual';
  return {
    list,
    domain: meant.domain,
    scope: meant.scope ?? allMail,
    since: since ?? at,
    // Ordered by when it was decided: since when it holds is what somebody says.
    evidence: `${ranks.certain}|${at}|${source}`,
    source,
    event: null,
    detail: why,
    classification: null,
    code: null,
    provider: null,
    by,
    until,
    doubtful: false,
    refusedByMailgun: false,
  };
}
