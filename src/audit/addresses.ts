import { eventsOf, nextRecipient } from '../event-log/event-log';
import type { StoredEvent } from '../event-log/stored-event';
import { isStandIn } from '../events/address';
import { softClasses } from '../events/classify';
import type { FirstEngagement } from '../events/fields';
import { dayOf } from '../events/key';
import { smallestBucketAt } from '../statistics/bucket';
import { markBucket } from '../statistics/buckets';
import { isEngagement, noteFirstOfMessage, noteFirstOfPerson } from '../statistics/first-engagement';
import { lacksTags, noteMessageTags } from '../statistics/message-tags';
import type { Connection } from '../store/connection';
import { applyEvent, concernsSubscriber } from '../subscribers/apply-event';
import { withPause } from '../subscribers/pause';
import { newSubscriber, type Subscriber } from '../subscribers/subscriber';
import { changeSubscriber, findSubscriber, nextSubscriber } from '../subscribers/subscribers';
import { summarise } from '../subscribers/summary';
import { addEvidence, added } from '../suppressions/fold';
import { evidenceOfLists } from '../suppressions/list-entries';
import { compareFields, type Difference, type Findings } from './difference';

/** The state that the events of the log make of another one. */
function applyAll(start: Subscriber, events: readonly StoredEvent[]): Subscriber {
  const about = events.filter(concernsSubscriber);
  const soft = about.filter(
    ({ classification }) => classification !== null && softClasses.has(classification),
  ).length;
  return about.reduce((state, event) => applyEvent(state, event, soft), start);
}

/** The next address that the log or a state of an address names. */
async function nextAddress(connection: Connection, at: string): Promise<string | null> {
  const found = await Promise.all([nextRecipient(connection, at), nextSubscriber(connection, at)]);
  return found.filter((email) => email !== null).sort()[0] ?? null;
}

/**
 * The state of an address that the log, Mailgun's lists and the decisions of persons ask for.
 * @param isComplete see {@link auditAddress}
 */
async function rebuild(
  connection: Connection,
  email: string,
  events: readonly StoredEvent[],
  stored: Subscriber | null,
  isComplete: boolean,
): Promise<Subscriber> {
  const decisions = stored?.decisions ?? [];
  const start = isComplete || stored === null ? { ...newSubscriber(email), decisions } : stored;
  const listed = await evidenceOfLists(connection, email);
  const decided = summarise(addEvidence(start, [...added(decisions), ...listed]));
  return withPause(connection, applyAll(decided, events));
}

/** What an open or click can be the first of, and whether its notes say that it is. */
function dimensionsOf(
  event: StoredEvent,
  noted: FirstEngagement | null,
): Array<[of: string, isFirst: boolean]> {
  return [
    ['all mail', noted?.all ?? false],
    ...(event.domain === null
      ? []
      : [[`domain ${event.domain}`, noted?.domain ?? false] satisfies [string, boolean]]),
    ...event.tags.map(
      (tag) => [`tag ${tag}`, noted?.tags.includes(tag) ?? false] satisfies [string, boolean],
    ),
  ];
}

interface Note {
  /** Of which events only one can be the first. */
  among: string;
  noted: FirstEngagement | null;
}

/** What is noted of an open or click as the first of a person and as the first of a message. */
function notesOf(event: StoredEvent, everIsKnown: boolean): Note[] {
  const day = dayOf(event.occurredAt);
  const message = `message ${event.messageId ?? 'without an id'} by ${event.bot ?? 'a person'}`;
  const ofPerson: Note[] = [
    ...(everIsKnown ? [{ among: 'ever', noted: event.first }] : []),
    { among: `on ${day}`, noted: event.firstOfDay },
  ];
  const ofMessage: Note[] = [
    ...(everIsKnown ? [{ among: `in ${message} ever`, noted: event.firstOfMessage }] : []),
    { among: `in ${message} on ${day}`, noted: event.firstOfMessageOnDay },
  ];
  // An erasure has taken the name of the message, so nobody can say any more of which one an event was the first.
  const isErased = event.recipient !== null && isStandIn(event.recipient);
  return [...(event.bot === null ? ofPerson : []), ...(isErased ? [] : ofMessage)];
}

/** Groups a person's opens and clicks by what they could be the first of, and counts the notes in each. */
function compareFirstEngagements(
  email: string,
  events: readonly StoredEvent[],
  everIsKnown: boolean,
): Difference[] {
  const counts = new Map<string, number>();
  for (const event of events.filter(isEngagement)) {
    for (const { among, noted } of notesOf(event, everIsKnown))
      for (const [of, isFirst] of dimensionsOf(event, noted)) {
        const what = `first ${event.event} of ${of} ${among}`;
        counts.set(what, (counts.get(what) ?? 0) + (isFirst ? 1 : 0));
      }
  }
  return [...counts].flatMap(([what, stored]) =>
    stored === 1 ? [] : [{ where: email, what, expected: 1, stored }],
  );
}

/** Whether an event without tags has those that the other events of its message name, as far as the log has them. */
function compareMessageTags(event: StoredEvent, events: readonly StoredEvent[]): Difference[] {
  const named = events.filter(
    (other) => other.messageId === event.messageId && other.event !== 'unsubscribed',
  );
  const tags = [...new Set(named.flatMap((other) => other.tags))].sort();
  return tags.every((tag) => event.messageTags.includes(tag))
    ? []
    : [{ where: event.key, what: 'messageTags', expected: tags, stored: event.messageTags }];
}

/**
 * Compares the state of the next address with what its events, Mailgun's lists and the decisions about it say.
 * @param at the last address that was looked at
 * @param isComplete whether the log holds all events: once retention has removed some, a state can only be
 *   checked for holding everything that is left
 */
export async function auditAddress(
  connection: Connection,
  at: string,
  fix: boolean,
  isComplete: boolean,
): Promise<Findings> {
  const email = await nextAddress(connection, at);
  if (email === null) return { differences: [], checked: 0, skipped: [], next: null };
  const events = await eventsOf(connection, email);
  const stored = await findSubscriber(connection, email);
  const expected = await rebuild(connection, email, events, stored, isComplete);
  const isKnown = stored !== null || events.some(concernsSubscriber);

  const ofState = isKnown ? compareFields(email, expected, stored ?? {}) : [];
  if (fix && ofState.length > 0) await changeSubscriber(connection, email, () => expected);

  const ofEngagements = compareFirstEngagements(email, events, isComplete);
  if (fix && ofEngagements.length > 0) {
    for (const event of events.filter(isEngagement)) {
      await noteFirstOfPerson(connection, event);
      if (!isStandIn(email)) await noteFirstOfMessage(connection, event);
      await markBucket(connection, smallestBucketAt(event.occurredAt));
    }
  }

  const untagged = events.filter(lacksTags);
  const ofTags = untagged.flatMap((event) => compareMessageTags(event, events));
  if (fix && ofTags.length > 0) {
    for (const event of untagged) {
      await noteMessageTags(connection, event);
      await markBucket(connection, smallestBucketAt(event.occurredAt));
    }
  }
  return { differences: [...ofState, ...ofEngagements, ...ofTags], checked: 1, skipped: [], next: email };
}
