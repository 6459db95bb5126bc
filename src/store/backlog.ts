import * as v from 'valibot';
import { type Connection, collections } from './connection';

/** Numbers of events are counted up to here: health is asked often and must stay cheap. */
export const mostCounted = 1000;

/** Events that have not had their effects. */
export interface Backlog {
  /** Stored but not done, at most {@link mostCounted}. */
  pending: number;
  /** Given up, at most {@link mostCounted}. */
  dead: number;
  /** When the oldest pending event was received, ISO; null when none is. */
  oldestPending: string | null;
}

const received = v.object({ receivedAt: v.string() });

export async function readBacklog(connection: Connection): Promise<Backlog> {
  const read = (state: unknown) =>
    connection
      .getMany(
        collections.events,
        { state },
        { sort: { receivedAt: 1 }, limit: mostCounted, hints: { $fields: { receivedAt: 1 } } },
      )
      .toArray();
  const [pending, dead] = await Promise.all([read({ $exists: false }), read('dead')]);
  return {
    pending: pending.length,
    dead: dead.length,
    oldestPending: pending.length === 0 ? null : v.parse(received, pending[0]).receivedAt,
  };
}
