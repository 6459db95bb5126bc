import { domainOfAddress } from './address';
import { classifyFailure } from './classify';
import { parseDomain } from './domain-name';
import type { MailgunEvent } from './event';
import { failureCodeOf } from './evidence';
import type { ValuesOf } from './field';
import type { EventFields, toldFields } from './fields';
import { eventKey, shortHash } from './key';
import { parseMailbox } from './mailbox';
import { type DomainEvidence, sendingDomain } from './sending-domain';
import { cut, shortText, wellFormed } from './text';

/** Tags of one event that are stored and counted; Mailgun itself allows ten. The original keeps all. */
const maxTags = 50;
/** Longest tag in characters that is kept whole; Mailgun itself allows 128. */
const maxTagLength = 256;
/** End of the year 9999 in seconds: what lies behind is no time in seconds. */
const maxTimestamp = 253_402_300_799;
/** What stands in `client-info.bot` of a person's open or click. */
const noBot = new Set(['no', 'none', 'unknown']);

type Told = ValuesOf<typeof toldFields>;

/** What the two formats have read from their payload, before the rules that both share. */
export type EventDraft = Omit<
  EventFields,
  | 'key'
  | 'fingerprint'
  | 'timestamp'
  | 'occurredAt'
  | 'classification'
  | 'failureCode'
  | 'unsubscribedFrom'
  | 'domain'
  | keyof Told
> & {
  told: Told;
  /** Mailgun's id, null where the format has none. */
  id: string | null;
  /** Seconds since 1970, null when absent or unreadable. */
  timestamp: number | null;
  /** `message.headers.to`, the only place where a rejected message names its recipient. */
  to: string | null;
  domainEvidence: Omit<DomainEvidence, 'messageId'>;
  /** Canonical text of the payload without what is new in every copy. */
  content: string;
};

/** All tags that are something, each once. In lower case: to Mailgun `Spring` and `spring` are one tag. */
function tagsOf(tags: readonly string[]): string[] {
  const named = tags.map((tag) => cut(wellFormed(tag).trim().toLowerCase(), maxTagLength));
  return [...new Set(named.filter((tag) => tag !== ''))];
}

/**
 * What an unsubscribe is from: on this event `tags` hold the scope, `*` or nothing for the whole domain. Those of a
 * legacy form are the tags of the message, which say nothing of it.
 */
function unsubscribeScope(
  event: string,
  format: EventDraft['format'],
  tags: string[],
  mailingList: string | null,
): string[] {
  if (event !== 'unsubscribed') return [];
  if (format === 'legacy') return [mailingList ?? '*'];
  if (tags.includes('*')) return ['*'];
  const scope = [...tags, ...(mailingList === null ? [] : [mailingList])];
  return scope.length === 0 ? ['*'] : scope.sort();
}

/** Mailgun's name of the type. The Logs API lists the first open of a message a second time as `unique_opened`. */
function typeOf(text: string): string {
  return (shortText(text)?.toLowerCase() ?? '').replace(/^unique_(opened|clicked)$/, '$1');
}

/** Types that happen to a message and a person once, so that no time is needed to tell two of them apart. */
const happensOnce = new Set(['delivered', 'failed', 'complained']);

function keyOf(draft: EventDraft, event: string, recipient: string | null, ownTime: string | null): string {
  const { id, content, format, messageId } = draft;
  if (id !== null) {
    const person =
      recipient ??
      wellFormed(draft.recipient ?? '')
        .trim()
        .toLowerCase();
    return eventKey({ event, id: wellFormed(id), person, occurredAt: ownTime });
  }
  // The time of a legacy form is when it was signed, which every copy does anew. Opens, clicks and unsubscribes that
  // are the same in everything else are told apart by the day: two that two URLs were told of on either side of
  // midnight are two.
  const isOnce = format === 'legacy' && messageId !== null && happensOnce.has(event);
  return eventKey({ event, id, content, occurredAt: isOnce ? null : ownTime });
}

/**
 * Brings a draft into the one shape of an event.
 * @param fallbackTimestamp seconds since 1970, used when the event has no readable time: when it was signed
 */
export function normalise(draft: EventDraft, fallbackTimestamp: number): MailgunEvent {
  const { format, flags, deliveryStatus, told } = draft;
  const isTime = draft.timestamp !== null && draft.timestamp > 0 && draft.timestamp <= maxTimestamp;
  const timestamp = isTime && draft.timestamp !== null ? draft.timestamp : fallbackTimestamp;
  const occurredAt = new Date(timestamp * 1000).toISOString();
  const event = typeOf(draft.event);
  const recipient = parseMailbox(draft.recipient ?? (event === 'rejected' ? draft.to : null));
  const tags = tagsOf(draft.tags);
  const mailingList = shortText(draft.mailingList);
  const severity = shortText(draft.severity)?.toLowerCase() ?? null;
  // The reason of a failure is a word of Mailgun's; that of a rejection is a sentence.
  const reason =
    (event === 'failed' ? shortText(draft.reason)?.toLowerCase() : shortText(draft.reason)) ?? null;
  const messageId = shortText(draft.messageId?.replace(/^\s*<|>\s*$/g, '') ?? null);
  const bot = shortText(draft.bot)?.toLowerCase() ?? null;
  // Field by field: to spread so many costs more than everything else that is done here.
  const fields = {
    key: keyOf(draft, event, recipient, isTime ? occurredAt : null),
    format,
    severity,
    reason,
    recipient,
    // What Mailgun says of it may be empty or missing: the address is the same in every event of its mailbox.
    recipientDomain:
      (recipient && domainOfAddress(recipient)) ??
      (draft.recipientDomain === null ? null : parseDomain(draft.recipientDomain)),
    domain: sendingDomain({ ...draft.domainEvidence, messageId }),
    messageId,
    subject: draft.subject,
    timestamp,
    occurredAt,
    tags: tags.includes('*') ? tags.filter((tag) => tag !== '*').slice(0, maxTags) : tags.slice(0, maxTags),
    userVariables: draft.userVariables,
    deliveryStatus,
    unsubscribedFrom: unsubscribeScope(event, format, tags.slice(0, maxTags), mailingList),
    url: draft.url,
    clientInfo: draft.clientInfo,
    geolocation: draft.geolocation,
    transport: shortText(draft.transport)?.toLowerCase() ?? null,
    bot: bot !== null && noBot.has(bot) ? null : bot,
    mailingList,
    attachments: draft.attachments,
    flags,
    fingerprint: shortHash(draft.content),
    raw: draft.raw,
  };
  if (event !== 'failed')
    return Object.assign(fields, told, { event, classification: null, failureCode: null });
  const failure = { severity, reason, deliveryStatus, flags };
  const classification = classifyFailure(failure);
  const failureCode = failureCodeOf(failure);
  return Object.assign(fields, told, { event, classification, failureCode } as const);
}
