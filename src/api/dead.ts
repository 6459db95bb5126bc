import { listDead } from '../event-log/backlog';
import { enqueueEvent } from '../event-log/enqueue';
import { findEvent, reviveEvent } from '../event-log/event-log';
import { presentEvent } from '../event-log/present-event';
import { eventLog } from '../event-log/stored-event';
import { mapWithLimit } from '../store/map-with-limit';
import { eventColumns } from './events';
import { listRoutes } from './list';
import { ApiError, pathParameter, route } from './route';

/** Dead events that one request brings back; the answer says whether there are more. */
const maxRequeued = 500;

/** `GET /api/dead`: events that were given up, the last received first, each with its `lastError`. */
export const dead = listRoutes({
  parameters: {},
  select: () => ({
    collection: eventLog,
    filter: { state: 'dead' as const },
    by: 'receivedAt',
    descending: true,
    without: ['raw'],
    notInTables: ['userVariables'],
  }),
  present: presentEvent,
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
  const events = await listDead(connection, maxRequeued);
  await mapWithLimit(events, async ({ key }) => {
    await reviveEvent(connection, key);
    await enqueueEvent(connection, key);
  });
  return { requeued: events.length, more: events.length === maxRequeued };
});
