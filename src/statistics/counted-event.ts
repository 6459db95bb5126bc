import * as v from 'valibot';
import { eventLog, firstEngagement } from '../event-log/stored-event';
import { failureClasses } from '../events/classify';
import type { Connection } from '../store/connection';

const firsts = v.optional(v.nullable(firstEngagement), null);
const text = v.optional(v.nullable(v.string()), null);

/** The few fields of an event that counting needs: a projection keeps recounts cheap. */
const countedEvent = v.object({
  event: v.string(),
  severity: text,
  classification: v.optional(v.nullable(v.picklist(failureClasses)), null),
  bot: text,
  domain: text,
  recipientDomain: text,
  recipientProvider: text,
  tags: v.optional(v.array(v.string()), []),
  source: v.optional(v.picklist(['webhook', 'backfill']), 'webhook'),
  occurredAt: v.string(),
  first: firsts,
  firstOfDay: firsts,
});

/** What counting needs of an event. */
export type CountedEvent = v.InferOutput<typeof countedEvent>;

/**
 * Visits every event of a span of event time, one at a time.
 * @param start and end ISO times, the end exclusive
 */
export function visitCountedEvents(
  connection: Connection,
  start: string,
  end: string,
  visit: (event: CountedEvent) => void,
): Promise<void> {
  return eventLog.visit(connection, { occurredAt: { $gte: start, $lt: end } }, countedEvent, visit);
}
