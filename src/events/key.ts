import { createHash } from 'node:crypto';

/** First 22 characters (132 bits) of a text's SHA-256 in base64url: a name for something without a name. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** The UTC day of an ISO time, `2026-11-24`. */
export function dayOf(isoTime: string): string {
  return isoTime.slice(0, 10);
}

/** What all copies of one event share, and no other event has. */
export type Identity = {
  /** Mailgun's name of the type in lower case. */
  event: string;
} & (
  | {
      id: string;
      /** The address, empty when there is none. */
      person: string;
      /** ISO; null when the event has no time of its own. */
      occurredAt: string | null;
    }
  | {
      id: null;
      /** Canonical text of the payload without what is new in every copy. */
      content: string;
      /** ISO; null when the time is no part of what tells events apart. */
      occurredAt: string | null;
    }
);

/**
 * The key of an event, `DAY_TYPE_HASH`, of letters, digits, `_` and `-` only. It is made of:
 *
 * - the type: the dashboard's test buttons send several types with one id and one time;
 * - Mailgun's id, which is unique within a day;
 * - the UTC day of the event's own time. Copies differ in how many digits of it they carry. A time that is cut stays
 *   on its day, and Mailgun's are cut; no rule could also bear one that is rounded up across midnight, since then
 *   the times on both sides of any border would have to be one;
 * - the person, so that not even a repeated id makes two people's events one.
 *
 * It is not made of what some copies lack or have of their own: domain, account, tags, message, storage, signature.
 * Id and person are hashed together: a hash of the address alone would tell of a person who was erased whether
 * a guess is right.
 *
 * An event without an id is named by its content.
 */
export function eventKey(identity: Identity): string {
  const { event, id, occurredAt } = identity;
  const day = occurredAt === null ? 'undated' : dayOf(occurredAt);
  const type = /^[a-z0-9_-]{1,40}$/.test(event) ? event : shortHash(event);
  const own = id === null ? ['content', event, identity.content] : ['id', event, id, identity.person];
  return `${day}_${type}_${shortHash(JSON.stringify(own))}`;
}
