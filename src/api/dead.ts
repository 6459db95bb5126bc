import * as v from 'valibot';
import { collections } from '../store/connection';
import { findEvent, parseEvent, reviveEvent } from '../store/events';
import { inParallel } from '../store/in-parallel';
import { enqueueEvent } from '../store/queue';
import { presentEvent } from './events';
import { pageParameters, readPage } from './page';
import { ApiError, parseInput, pathParameter, route } from './route';

/** Dead events that one request brings back; the answer says whether there are more. */
const mostAtOnce = 500;

/** `GET /api/dead`: events that were given up, the last received first, each with its `lastError`. */
export const listDead = route(async (connection, request) => {
  const { limit, cursor } = parseInput(v.strictObject(pageParameters), request.query);
  const { documents, next } = await readPage(connection, {
    collection: collections.events,
    filter: { state: 'dead' },
    newestBy: 'receivedAt',
    limit,
    cursor,
    without: ['raw'],
  });
  return { items: documents.map((document) => presentEvent(parseEvent(document))), next };
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
