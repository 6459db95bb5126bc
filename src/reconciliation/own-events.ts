import * as v from 'valibot';
import { eventLog } from '../event-log/stored-event';
import { entriesOf } from '../events/field';
import { storedFields } from '../events/fields';
import type { StoredCounter } from '../statistics/counter-table';
import { countersRaisedBy } from '../statistics/counters';
import type { Connection } from '../store/connection';
import { apartKinds, type OwnEvents } from './explain';

const ownEvent = v.object({
  _id: v.string(),
  ...v.pick(v.object(entriesOf(storedFields)), [
    'event',
    'severity',
    'reason',
    'classification',
    'bot',
    'flags',
    'transport',
    'deliveryStatus',
    'recipientDomain',
    'recipientProvider',
    'format',
    'timestamp',
    'occurredAt',
  ]).entries,
});
export type OwnEvent = v.InferOutput<typeof ownEvent>;

/** A span of event time, in ISO times, the end exclusive. */
export interface TimeSpan {
  readonly start: string;
  readonly end: string;
}

/** Visits our events of a domain in a span, one at a time. */
export function visitOwnEvents(
  connection: Connection,
  domain: string,
  { start, end }: TimeSpan,
  visit: (event: OwnEvent) => void,
): Promise<void> {
  return eventLog.visit(connection, { domain, occurredAt: { $gte: start, $lt: end } }, ownEvent, visit);
}

const inMail = { callback: false, routed: false, test: false } as const;

/** Whether the log has an event under another time than it says itself. */
export function isMoved({ occurredAt, timestamp }: OwnEvent): boolean {
  return Math.abs(Date.parse(occurredAt) - timestamp * 1000) > 1000;
}

function raise(
  counts: { [Name in StoredCounter]?: number | undefined },
  counters: readonly StoredCounter[],
): void {
  for (const counter of counters) counts[counter] = (counts[counter] ?? 0) + 1;
}

/** What our own events of a span are. */
export async function readOwnEvents(
  connection: Connection,
  domain: string,
  span: TimeSpan,
): Promise<OwnEvents> {
  const own = { logged: {}, apart: { test: {}, routed: {}, callback: {} }, received: {}, legacy: {} };
  await visitOwnEvents(connection, domain, span, (event) => {
    const raised = countersRaisedBy(event);
    raise(own.logged, raised);
    if (isMoved(event)) raise(own.received, raised);
    if (event.format === 'legacy') raise(own.legacy, raised);
    const kind = apartKinds.find((one) => event.flags[one]);
    if (kind === undefined) return;
    // A failed call is already a counter of its own on both sides.
    const asMail = countersRaisedBy({ ...event, flags: { ...event.flags, ...inMail } });
    raise(own.apart[kind], asMail);
  });
  return own;
}
