import * as v from 'valibot';
import { eventLog } from '../event-log/stored-event';
import { entriesOf } from '../events/field';
import { storedFields } from '../events/fields';
import type { Connection } from '../store/connection';

/** The few fields of an event that counting needs: a projection keeps recounts cheap. */
const countedEvent = v.pick(v.object(entriesOf(storedFields)), [
  'event',
  'severity',
  'reason',
  'classification',
  'failureCode',
  'bot',
  'flags',
  'transport',
  'deliveryStatus',
  'domain',
  'recipientDomain',
  'recipientProvider',
  'tags',
  'messageTags',
  'messageId',
  'source',
  'occurredAt',
  'receivedAt',
  'processedAt',
  'state',
  'first',
  'firstOfDay',
  'firstOfMessage',
  'firstOfMessageOnDay',
]);

/** What counting needs of an event. */
export type CountedEvent = v.InferOutput<typeof countedEvent>;

/** With what tells which event it is. */
const visitedEvent = v.object({ _id: v.string(), ...countedEvent.entries });
type VisitedEvent = v.InferOutput<typeof visitedEvent>;

/**
 * Visits every event of a span of event time, one at a time.
 * @param start and end ISO times, the end exclusive
 */
export function visitCountedEvents(
  connection: Connection,
  start: string,
  end: string,
  visit: (event: VisitedEvent) => void,
): Promise<void> {
  return eventLog.visit(connection, { occurredAt: { $gte: start, $lt: end } }, visitedEvent, visit);
}
