import { log, reasonOf } from '../log';
import { compareAndSet } from '../store/compare-and-set';
import { type Connection, connect } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';
import { enqueue, topics } from '../store/queue';
import { deliveries, idOfDelivery, parseStoredDelivery } from './delivery';
import type { Destination } from './destination';
import { readDestinations } from './destinations';
import { wants } from './filter';
import { type Notice, noticeAsText } from './notice';

/** The last place that this instance has given, so that two of one millisecond keep their order. */
let lastMs = 0;
let countInMs = 0;

/** A text that sorts as the publications of this instance did; those of several instances are in the order of their clocks. */
function nextPlace(now: number): string {
  // A clock that was set back must not put what comes later before what came earlier.
  const ms = Math.max(now, lastMs);
  countInMs = ms === lastMs ? countInMs + 1 : 0;
  lastMs = ms;
  return `${new Date(ms).toISOString()}-${String(countInMs).padStart(6, '0')}`;
}

/** Asks for the deliveries of a destination. A lost job does no harm: cron asks too. */
export async function deliverSoon(connection: Connection, destination: string): Promise<void> {
  try {
    await enqueue(connection, topics.deliver, { destination });
  } catch (error) {
    log.warn('delivery not queued, the sweep will', { destination, error: reasonOf(error) });
  }
}

/** Stores the delivery of a notice to a destination, unless there is one, and queues it. @throws when it is not stored */
export async function deliverTo(
  connection: Connection,
  { id }: Pick<Destination, 'id'>,
  notice: Notice,
): Promise<void> {
  const now = Date.now();
  const at = new Date(now).toISOString();
  const place = nextPlace(now);
  let isNew = true;
  await compareAndSet(connection, deliveries, {
    id: idOfDelivery(id, notice.key),
    // What is only begun is found by no query; publishing it again completes it.
    identity: { noticeKey: notice.key, createdAt: at },
    parse: parseStoredDelivery,
    decide: (stored) => {
      if (stored?.state === 'begun' || stored === null)
        return {
          destination: id,
          noticeKey: notice.key,
          kind: notice.kind,
          title: notice.title,
          notice: noticeAsText(notice),
          orderKey: notice.orderKey ?? null,
          lane: notice.orderKey === undefined ? null : `${id}|${notice.orderKey}`,
          place,
          state: 'waiting' as const,
          createdAt: at,
          queuedAt: at,
          nextAttemptAt: at,
          attempts: 0,
        };
      isNew = stored.place === place;
      return null;
    },
  });
  if (isNew) await deliverSoon(connection, id);
}

/** Stores a delivery for each of some destinations and queues it. Can be repeated. @throws when one is not stored */
export async function publishTo(
  connection: Connection,
  wanting: readonly Destination[],
  notice: Notice,
): Promise<void> {
  await mapWithLimit(wanting, (destination) => deliverTo(connection, destination, notice));
}

/**
 * Stores a delivery for every destination that wants the notice and queues it. Idempotent; throws when it could not be
 * stored, and the caller tries again (it keeps an outbox).
 */
export async function publish(notice: Notice): Promise<void> {
  const connection = await connect();
  const wanting = (await readDestinations(connection)).filter(({ filter }) => wants(filter, notice));
  await publishTo(connection, wanting, notice);
}
