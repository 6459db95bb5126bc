import { eventsOf } from '../event-log/event-log';
import type { Connection } from '../store/connection';
import { applyEvent, concernsSubscriber, reactivate } from './apply-event';
import { changeSubscriber, findSubscriber, type StoredSubscriber } from './subscribers';

/**
 * Makes an address good again: what happened up to a moment no longer counts against it, also what comes in
 * later. What happened after it counts as before.
 * @param at the moment, an ISO time
 * @returns what is known of the address now; null when nothing was
 */
export async function reactivateSubscriber(
  connection: Connection,
  email: string,
  at: string,
): Promise<StoredSubscriber | null> {
  if ((await findSubscriber(connection, email)) === null) return null;
  const later = (await eventsOf(connection, email, { after: at })).filter(concernsSubscriber);
  await changeSubscriber(connection, email, (before) =>
    later.reduce((state, event) => applyEvent(state, event, state.softBounces), reactivate(before, at)),
  );
  return findSubscriber(connection, email);
}
