import { softClasses } from '../events/classify';
import type { Firsts } from '../events/fields';
import { dayOf } from '../events/key';
import { isEngagement, noteFirsts } from '../processing/firsts';
import { spanAt } from '../store/bucket';
import { markBucket } from '../store/buckets';
import type { Connection } from '../store/connection';
import { eventsOf, nextRecipient } from '../store/event-log';
import type { StoredEvent } from '../store/events';
import { newSubscriber, type Subscriber } from '../store/subscriber';
import { changeSubscriber, findSubscriber } from '../store/subscribers';
import { applyEvent, concernsSubscriber } from '../subscribers/apply-event';
import { compareFields, type Difference, type Findings } from './difference';

function fold(start: Subscriber, events: readonly StoredEvent[]): Subscriber {
  const about = events.filter(concernsSubscriber);
  const soft = about.filter(
    ({ classification }) => classification !== null && softClasses.has(classification),
  ).length;
  return about.reduce((state, event) => applyEvent(state, event, soft), start);
}

/** What an open or click can be the first of, and whether its notes say that it is. */
function notesOf(event: StoredEvent, firsts: Firsts | null): Array<[of: string, isFirst: boolean]> {
  return [
    ['all mail', firsts?.all ?? false],
    ...(event.domain === null
      ? []
      : [[`domain ${event.domain}`, firsts?.domain ?? false] satisfies [string, boolean]]),
    ...event.tags.map(
      (tag) => [`tag ${tag}`, firsts?.tags.includes(tag) ?? false] satisfies [string, boolean],
    ),
  ];
}

/** Groups a person's opens and clicks by what they could be the first of, and counts the notes in each. */
function compareFirsts(email: string, events: readonly StoredEvent[], everIsKnown: boolean): Difference[] {
  const notes = new Map<string, number>();
  const note = (event: StoredEvent, firsts: Firsts | null, span: string) => {
    for (const [of, isFirst] of notesOf(event, firsts)) {
      const place = `first ${event.event} of ${of} ${span}`;
      notes.set(place, (notes.get(place) ?? 0) + (isFirst ? 1 : 0));
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
  const expected = fold(isComplete || stored === null ? untouched : stored, events);
  const isKnown = stored !== null || events.some(concernsSubscriber);

  const ofState = isKnown ? compareFields(email, expected, stored ?? {}) : [];
  if (fix && ofState.length > 0) await changeSubscriber(connection, email, () => expected);

  const ofFirsts = compareFirsts(email, events, isComplete);
  if (fix && ofFirsts.length > 0) {
    for (const event of events.filter(isEngagement)) {
      await noteFirsts(connection, { ...event, first: null });
      await markBucket(connection, spanAt(event.occurredAt));
    }
  }
  return { differences: [...ofState, ...ofFirsts], checked: 1, skipped: [], next: email };
}
