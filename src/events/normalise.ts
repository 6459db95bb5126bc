import { domainOfAddress, normaliseAddress } from './address';
import { classifyFailure } from './classify';
import type { MailgunEvent } from './event';
import { eventKey, shortHash } from './key';

/** Most tags of one event that are stored and counted; Mailgun itself allows ten. The original keeps all. */
const mostTags = 50;
/** Longest tag in characters that is kept whole; Mailgun itself allows 128. */
const longestTag = 256;
/** Longest of the short texts: names, codes, ids. The original keeps what is cut. */
const longestName = 998;
/** End of the year 9999 in seconds: what lies behind is no time in seconds. */
const latestTimestamp = 253_402_300_799;

/** What the two formats have read from their payload, before the rules that both share. */
export type EventDraft = Omit<
  MailgunEvent,
  | 'key'
  | 'fingerprint'
  | 'timestamp'
  | 'occurredAt'
  | 'classification'
  | 'unsubscribedFrom'
  | 'tags'
  | 'recipientDomain'
> & {
  /** Mailgun's id, null where the format has none. */
  id: string | null;
  /** Seconds since 1970, null when absent or unreadable. */
  timestamp: number | null;
  tags: string[];
  recipientDomain: string | null;
  /** Where the event's sender address or message id tells the domain if the payload does not. */
  sender: string | null;
};

/** Cuts a short text and drops what is empty. */
function name(text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed.slice(0, longestName);
}

function sendingDomain(draft: EventDraft): string | null {
  const stated =
    name(draft.domain) ?? (draft.messageId?.includes('@') ? domainOfAddress(draft.messageId) : null);
  return (
    (stated ?? (draft.sender?.includes('@') ? domainOfAddress(draft.sender) : null))?.toLowerCase() ?? null
  );
}

/** All tags that are something, each once. */
function tagsOf(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim().slice(0, longestTag)).filter((tag) => tag !== ''))];
}

/** What an unsubscribe is from: on this event `tags` hold the scope, `*` or nothing for the whole domain. */
function unsubscribeScope(event: string, tags: string[], mailingList: string | null): string[] {
  if (event !== 'unsubscribed') return [];
  if (tags.includes('*')) return ['*'];
  const scope = [...tags, ...(mailingList === null ? [] : [mailingList])];
  return scope.length === 0 ? ['*'] : scope.sort();
}

/**
 * Brings a draft into the one shape of an event.
 * @param fallbackTimestamp seconds since 1970, used when the event has no readable time: when it was signed
 * @param content canonical text of the payload, which names an event that has no id
 */
export function normalise(draft: EventDraft, fallbackTimestamp: number, content: string): MailgunEvent {
  const { format, flags, deliveryStatus } = draft;
  const isTime = draft.timestamp !== null && draft.timestamp > 0 && draft.timestamp <= latestTimestamp;
  const timestamp = isTime && draft.timestamp !== null ? draft.timestamp : fallbackTimestamp;
  const occurredAt = new Date(timestamp * 1000).toISOString();
  const domain = sendingDomain(draft);
  const fingerprint = shortHash(content);
  const recipient = normaliseAddress(draft.recipient);
  const tags = tagsOf(draft.tags);
  const mailingList = name(draft.mailingList);
  const event = draft.event.trim().toLowerCase().slice(0, longestName);
  const severity = name(draft.severity)?.toLowerCase() ?? null;
  // The reason of a failure is a word of Mailgun's; that of a rejection is a sentence.
  const reason = (event === 'failed' ? name(draft.reason)?.toLowerCase() : name(draft.reason)) ?? null;
  // Field by field: to spread so many costs more than everything else that is done here.
  return {
    key: eventKey({ domain, occurredAt, id: draft.id ?? `${format}~${fingerprint}` }),
    format,
    event,
    severity,
    reason,
    recipient,
    recipientDomain: name(draft.recipientDomain)?.toLowerCase() ?? (recipient && domainOfAddress(recipient)),
    recipientProvider: name(draft.recipientProvider),
    domain,
    account: name(draft.account),
    messageId: name(draft.messageId?.replace(/^\s*<|>\s*$/g, '') ?? null),
    subject: draft.subject,
    timestamp,
    occurredAt,
    tags: tags.includes('*') ? tags.filter((tag) => tag !== '*').slice(0, mostTags) : tags.slice(0, mostTags),
    userVariables: draft.userVariables,
    deliveryStatus,
    classification: event === 'failed' ? classifyFailure({ severity, reason, deliveryStatus, flags }) : null,
    unsubscribedFrom: unsubscribeScope(event, tags.slice(0, mostTags), mailingList),
    url: draft.url,
    ip: draft.ip,
    clientInfo: draft.clientInfo,
    geolocation: draft.geolocation,
    bot: name(draft.bot),
    mailingList,
    attachments: draft.attachments,
    flags,
    fingerprint,
    raw: draft.raw,
  };
}
