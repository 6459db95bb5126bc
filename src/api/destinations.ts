import { randomUUID } from 'node:crypto';
import type { httpRequest } from 'codehooks-js';
import * as v from 'valibot';
import { readConfigured } from '../notices/configured';
import { endRest, readRun, removeRun } from '../notices/deliver/runs';
import { type Delivery, deliveries, deliveryStates } from '../notices/delivery';
import { countDeliveries, listDead, removeDeliveriesTo, revive } from '../notices/delivery-steps';
import { type Destination, type Entry, entry } from '../notices/destination';
import {
  findDestination,
  findEndpoint,
  forgetDestination,
  readDestinations,
  storeDestination,
  TooManyDestinations,
} from '../notices/destinations';
import { deliverSoon, deliverTo } from '../notices/publish';
import { refusalOf } from '../notices/send/post';
import { readNoticeSettings } from '../settings/notices';
import type { Connection } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';
import { pageParameters, readPageAt } from './page';
import { ApiError, parseInput, pathParameter, route, routeWithQuery } from './route';

/** Deliveries are counted up to here. */
const maxCount = 1000;
/** Dead deliveries that one request brings back; the answer says whether there are more. */
const maxRequeued = 500;

/** A destination with how it is doing. Its secrets are not read here. */
async function presentDestination(connection: Connection, destination: Destination) {
  const [{ failures, restUntil, lastDeliveredAt, lastError }, waiting, dead] = await Promise.all([
    readRun(connection, destination.id),
    countDeliveries(connection, destination.id, 'waiting', maxCount),
    countDeliveries(connection, destination.id, 'dead', maxCount),
  ]);
  return {
    ...destination,
    waiting,
    dead,
    failures,
    restUntil: restUntil > Date.now() ? new Date(restUntil).toISOString() : null,
    lastDeliveredAt,
    lastError,
  };
}

function allowsPrivate(): boolean {
  const result = readNoticeSettings();
  return 'settings' in result && result.settings.allowPrivate;
}

/** Reads what a request enters. @throws ApiError 400, also for an address that would never be asked */
function entryOf(input: unknown): Entry {
  const parsed = parseInput(entry, input);
  const { endpoint } = parsed;
  const refused = endpoint.kind === 'email' ? null : refusalOf(new URL(endpoint.url), allowsPrivate());
  if (refused !== null)
    throw new ApiError(400, 'invalid_parameter', `The parameter url is not accepted: ${refused}`);
  return parsed;
}

async function store(connection: Connection, input: Entry, id?: string) {
  try {
    return await presentDestination(connection, await storeDestination(connection, input, id));
  } catch (error) {
    if (error instanceof TooManyDestinations) throw new ApiError(400, 'invalid_parameter', error.message);
    throw error;
  }
}

/** The destination that a request names. @throws ApiError 404 */
async function destinationOf(connection: Connection, request: httpRequest): Promise<Destination> {
  const destination = await findDestination(connection, pathParameter(request, 'id'));
  if (destination === null) throw new ApiError(404, 'not_found', 'No destination has this id.');
  return destination;
}

/** As {@link destinationOf}, of one that may be changed here. @throws ApiError 400 for one of the settings */
async function changeableOf(connection: Connection, request: httpRequest): Promise<Destination> {
  const destination = await destinationOf(connection, request);
  if (destination.source === 'settings')
    throw new ApiError(
      400,
      'invalid_parameter',
      'The destination is one of ALERT_DESTINATIONS: change it there.',
    );
  return destination;
}

/** `GET /api/destinations`: who is told, and how each is doing. */
export const getDestinations = route(async (connection) => {
  const items = await mapWithLimit(await readDestinations(connection), (one) =>
    presentDestination(connection, one),
  );
  return { items, problem: readConfigured().problem, next: null };
});

/** `POST /api/destinations`. */
export const addDestination = route((connection, request) => store(connection, entryOf(request.body)));

/** `PUT /api/destinations/:id`: what the body leaves out stays, so that a filter can be changed without the secrets. */
export const changeDestination = route(async (connection, request) => {
  const destination = await changeableOf(connection, request);
  const input = parseInput(v.record(v.string(), v.unknown()), request.body);
  const isSameKind = input.kind === undefined || input.kind === destination.kind;
  const known = isSameKind ? await findEndpoint(connection, destination) : null;
  const entered = entryOf({ name: destination.name, filter: destination.filter, ...known, ...input });
  await endRest(connection, destination.id);
  return store(connection, entered, destination.id);
});

/** `DELETE /api/destinations/:id`: forgets it, its secrets and its deliveries. */
export const deleteDestination = route(async (connection, request) => {
  const { id } = await changeableOf(connection, request);
  await forgetDestination(connection, id);
  await removeDeliveriesTo(connection, id);
  await removeRun(connection, id);
  return { id, removed: true };
});

/** `POST /api/destinations/:id/test`: queues a notice for this destination alone, whatever its filter says. */
export const testDestination = route(async (connection, request) => {
  const destination = await destinationOf(connection, request);
  const { name } = destination;
  const key = `test:${randomUUID()}`;
  const text = 'This is a test. Alerts and whatever else the destination asks for will look like it.';
  await endRest(connection, destination.id);
  await deliverTo(connection, destination, {
    key,
    kind: 'test',
    occurredAt: new Date().toISOString(),
    title: `Test of the destination ${name}`,
    text,
    data: { destination: name, text },
  });
  return { id: destination.id, key };
});

/** A delivery without its notice. */
function presentDelivery({ noticeKey, kind, title, state, createdAt, nextAttemptAt, ...rest }: Delivery) {
  const { attempts, deliveredAt, lastStatus, lastError } = rest;
  return {
    key: noticeKey,
    kind,
    title,
    state,
    createdAt,
    attempts,
    nextAttemptAt: state === 'waiting' ? nextAttemptAt : null,
    deliveredAt,
    lastStatus,
    lastError,
  };
}

const deliveryParameters = v.strictObject({
  ...pageParameters.entries,
  state: v.optional(v.picklist(deliveryStates, `it must be one of ${deliveryStates.join(', ')}.`)),
});

/** `GET /api/destinations/:id/deliveries?state=`: the last first. */
export const getDeliveries = routeWithQuery(deliveryParameters, async (connection, request, query) => {
  const { id } = await destinationOf(connection, request);
  const { state, limit, cursor } = query;
  const selection = {
    collection: deliveries,
    filter: { destination: id, state },
    by: 'createdAt' as const,
    descending: true,
    without: ['notice' as const],
  };
  const { items, next } = await readPageAt(connection, selection, { limit, cursor });
  return { items: items.map(presentDelivery), next };
});

/** `POST /api/destinations/:id/requeue`: gives its dead deliveries all their attempts again, at most 500 at a time. */
export const requeueDeliveries = route(async (connection, request) => {
  const { id } = await destinationOf(connection, request);
  const found = await listDead(connection, id, maxRequeued);
  const now = Date.now();
  const revived = await mapWithLimit(found, ({ _id }) => revive(connection, _id, now));
  await endRest(connection, id);
  if (found.length > 0) await deliverSoon(connection, id);
  return { requeued: revived.filter(Boolean).length, more: found.length === maxRequeued };
});
