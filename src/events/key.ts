import { createHash } from 'node:crypto';

const domainPattern = /^[a-z0-9._-]{1,253}$/;
const idPattern = /^[\w.~-]{1,64}$/;

/** First 22 characters (132 bits) of a text's SHA-256 in base64url: a name for what has none of its own. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** The UTC day of an ISO time, `2026-11-24`. */
export function dayOf(isoTime: string): string {
  return isoTime.slice(0, 10);
}

/**
 * The key of an event: Mailgun's ids are unique within a day only, and per account, so domain and day
 * belong to it. What does not look like a domain or an id is replaced by its hash, so that a key is
 * always safe in a URL, a log line and a query.
 */
export function eventKey(event: { domain: string | null; occurredAt: string; id: string }): string {
  const domain = event.domain ?? 'unknown';
  return [
    domainPattern.test(domain) ? domain : shortHash(domain),
    dayOf(event.occurredAt),
    idPattern.test(event.id) ? event.id : shortHash(event.id),
  ].join(':');
}
