import * as v from 'valibot';
import { type Connection, collections } from './connection';

const received = v.object({ receivedAt: v.string() });

/** When the last event was received, ISO; null when there is none. */
export async function lastReceivedAt(connection: Connection): Promise<string | null> {
  const times = await Promise.all(
    ['done', 'dead', { $exists: false }].map(async (state) => {
      const [last] = await connection
        .getMany(
          collections.events,
          { state },
          { sort: { receivedAt: -1 }, limit: 1, hints: { $fields: { receivedAt: 1 } } },
        )
        .toArray();
      return last === undefined ? '' : v.parse(received, last).receivedAt;
    }),
  );
  return times.sort().at(-1) || null;
}
