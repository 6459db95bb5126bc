import { eventsOf, nextRecipient } from '../event-log/event-log';
import type { StoredEvent } from '../event-log/stored-event';
import { softClasses } from '../events/classify';
import type { FirstEngagement } from '../events/fields';
import { dayOf } from '../events/key';
import { smallestBucketAt } from '../statistics/bucket';
import { markBucket } from '../statistics/buckets';
import { isEngagement, noteFirstEngagement } from '../statistics/first-engagement';
import type { Connection } from '../store/connection';
import { applyEvent, concernsSubscriber } from '../subscribers/apply-event';
import { newSubscriber, type Subscriber } from '../subscribers/subscriber';
import { changeSubscriber, findSubscriber } from '../subscribers/subscribers';
import { compareFields, type Difference, type Findings } from './difference';

function applyAll(start: Subscriber, events: readonly StoredEvent[]): Subscriber {
  const about = events.filter(concernsSubscriber);
  const soft = about.filter(
    ({ classification }) => classification !== null && softClasses.has(classification),
  ).length;
  return about.reduce((state, event) => applyEvent(state, event, soft), start);
}

/** What an open or click can be the first of, and whether its notes say that it is. */
function notesOf(event: StoredEvent, noted: FirstEngagement | null): Array<[of: string, isFirst: boolean]> {
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

/** Groups a person's opens and clicks by what they could be the first of, and counts the notes in each. */
function compareFirstEngagements(
  email: string,
  events: readonly StoredEvent[],
  everIsKnown: boolean,
): Difference[] {
  const notes = new Map<string, number>();
  const note = (event: StoredEvent, noted: FirstEngagement | null, span: string) => {
    for (const [of, isFirst] of notesOf(event, noted)) {
      const what = `first ${event.event} of ${of} ${span}`;
      notes.set(what, (notes.get(what) ?? 0) + (isFirst ? 1 : 0));
    }
  };
  for (const event of events.filter(isEngagement)) {
    if (everIsKnown) note(event, event.first, 'ever');
    note(event, event.firstOfDay, `on ${dayOf(event.occurredAt)}`);
  }
  return [...notes].flatMap(([what, stored]) =>
    stored === 1 ? [] : [{ where: email, what, expected: 1, stored }],
  );
}

/**
 * Compares the state of the next address in the event log with what its events say.
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
  const email = await nextRecipient(connection, at);
  if (email === null) return { differences: [], checked: 0, skipped: [], next: null };
  const events = await eventsOf(connection, email);
  const stored = await findSubscriber(connection, email);
  // When a person decided that the address is good is not in the log.
  const untouched = { ...newSubscriber(email), reactivatedAt: stored?.reactivatedAt ?? null };
  const expected = applyAll(isComplete || stored === null ? untouched : stored, events);
  const isKnown = stored !== null || events.some(concernsSubscriber);

  const ofState = isKnown ? compareFields(email, expected, stored ?? {}) : [];
  if (fix && ofState.length > 0) await changeSubscriber(connection, email, () => expected);

  const ofEngagements = compareFirstEngagements(email, events, isComplete);
  if (fix && ofEngagements.length > 0) {
    for (const event of events.filter(isEngagement)) {
      await noteFirstEngagement(connection, { ...event, first: null });
      await markBucket(connection, smallestBucketAt(event.occurredAt));
    }
  }
  return { differences: [...ofState, ...ofEngagements], checked: 1, skipped: [], next: email };
}
