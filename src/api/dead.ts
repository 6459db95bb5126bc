import { collections } from '../store/connection';
import { findEvent, parseEvent, reviveEvent } from '../store/events';
import { inParallel } from '../store/in-parallel';
import { enqueueEvent } from '../store/queue';
import { eventColumns, presentEvent } from './events';
import { listRoutes } from './list';
import { ApiError, pathParameter, route } from './route';

/** Dead events that one request brings back; the answer says whether there are more. */
const mostAtOnce = 500;

/** `GET /api/dead`: events that were given up, the last received first, each with its `lastError`. */
export const dead = listRoutes({
  parameters: {},
  select: () => ({
    collection: collections.events,
    filter: { state: 'dead' },
    by: 'receivedAt',
    descending: true,
    without: ['raw'],
  }),
  present: (document) => presentEvent(parseEvent(document)),
  columns: eventColumns,
});

/** `POST /api/dead/:key/requeue`: gives one dead event all its attempts again. */
export const requeueDead = route(async (connection, request) => {
  const event = await findEvent(connection, pathParameter(request, 'key'));
  if (event?.state !== 'dead') throw new ApiError(404, 'not_found', 'No dead event has this key.');
  await reviveEvent(connection, event.key);
  await enqueueEvent(connection, event.key);
  return { requeued: 1 };
});

/** `POST /api/dead/requeue`: does so for all, at most 500 at a time. */
export const requeueAllDead = route(async (connection) => {
  const documents = await connection
    .getMany(collections.events, { state: 'dead' }, { limit: mostAtOnce })
    .toArray();
  await inParallel(documents.map(parseEvent), async ({ key }) => {
    await reviveEvent(connection, key);
    await enqueueEvent(connection, key);
  });
  return { requeued: documents.length, more: documents.length === mostAtOnce };
});
