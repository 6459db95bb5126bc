import { legacyFormOf } from '../encode/legacy-form';
import type { SimulatedEvent } from '../plan/event';
import { subscriberAddress, utcDay } from '../plan/model';

/** What can happen to a message and a person once only. */
const onceOnly = new Set<SimulatedEvent['kind']>(['delivered', 'failed', 'complained']);

/**
 * What makes a simulated event one of its own, whatever copies of it are told: its type, Mailgun's id, the UTC day and
 * the person. A legacy form has no id: there it is all that the form says apart from when it was signed, and the day
 * for what can happen again.
 */
export function identityOf(event: SimulatedEvent): string {
  if (event.encoding === 'json')
    return JSON.stringify([event.kind, event.id, utcDay(event), subscriberAddress(event.recipient ?? '')]);
  const day = onceOnly.has(event.kind) ? '' : utcDay(event);
  return JSON.stringify([day, legacyFormOf(event, {})]);
}

/** The events without those that nobody could tell from an earlier one. */
export function distinctEvents(events: readonly SimulatedEvent[]): SimulatedEvent[] {
  const known = new Set<string>();
  return events.filter((event) => {
    const identity = identityOf(event);
    const isNew = !known.has(identity);
    known.add(identity);
    return isNew;
  });
}
