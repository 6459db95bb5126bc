import * as v from 'valibot';
import { presentEvent } from '../event-log/present-event';
import { eventLog } from '../event-log/stored-event';
import { decide } from '../subscribers/decide';
import { eraseSubscriber } from '../subscribers/erase';
import { statuses } from '../subscribers/subscriber';
import { findSubscriber, subscribers as subscriberStates } from '../subscribers/subscribers';
import { listRoutes } from './list';
import { removeAtMailgun } from './mailgun-suppressions';
import { pageParameters, readPageAt } from './page';
import { ApiError, pathParameter, route, routeWithQuery } from './route';
import { from } from './span';
import { addressOf, presentSubscriber } from './subscriber-view';
import { liftOf } from './suppression-decisions';
import { suppressionSettings } from './suppression-view';

const everything = { list: null, domain: null, scope: null };
const unknown = () => new ApiError(404, 'not_found', 'No event for this address has been processed.');

/** `GET /api/subscribers?status=&search=&changedSince=`: addresses, the one with the latest event first. */
export const subscribers = listRoutes({
  parameters: {
    status: v.optional(v.picklist(statuses)),
    search: v.optional(v.string()),
    changedSince: v.optional(from),
  },
  select: ({ status, search, changedSince }) => {
    if (search !== undefined && changedSince !== undefined)
      throw new ApiError(
        400,
        'invalid_parameter',
        'The parameters search and changedSince exclude each other.',
      );
    const prefix = search?.trim().toLowerCase();
    const selection = {
      collection: subscriberStates,
      filter: {
        status,
        _id: prefix ? { $startsWith: prefix } : undefined,
        changedAt: changedSince === undefined ? undefined : { $gte: changedSince },
      },
    };
    if (prefix) return { ...selection, by: '_id', descending: false };
    if (changedSince !== undefined) return { ...selection, by: 'changedAt', descending: false };
    return { ...selection, by: 'lastEventAt', descending: true };
  },
  present: presentSubscriber,
  columns: [
    'email',
    'status',
    'bounceReason',
    'bounceDate',
    'complaintDate',
    'unsubscribeDate',
    'unsubscribedFrom',
    'softBounces',
    'reactivatedAt',
    'lastDeliveredAt',
    'lastOpenedAt',
    'lastClickedAt',
    'firstEventAt',
    'lastEventAt',
    'changedAt',
  ],
});

const paging = v.strictObject(pageParameters.entries);

/** `GET /api/subscribers/:email?limit=&cursor=`: one address with its story, the newest event first. */
export const getSubscriber = routeWithQuery(paging, async (connection, request, page) => {
  const email = addressOf(pathParameter(request, 'email'));
  const subscriber = await findSubscriber(connection, email);
  if (subscriber === null) throw unknown();
  const { items, next } = await readPageAt(
    connection,
    {
      collection: eventLog,
      filter: { recipient: email },
      by: 'occurredAt',
      descending: true,
      without: ['raw'],
    },
    page,
  );
  return { ...presentSubscriber(subscriber), events: items.map(presentEvent), next };
});

/** `POST /api/subscribers/:email/reactivate`: what spoke against an address no longer does. */
export const postReactivate = route(async (connection, request) => {
  const email = addressOf(pathParameter(request, 'email'));
  if ((await findSubscriber(connection, email)) === null) throw unknown();
  const subscriber = await decide(connection, email, liftOf({}));
  if (subscriber === null) throw unknown();
  return {
    subscriber: presentSubscriber(subscriber),
    mailgun: await removeAtMailgun(connection, email, everything),
  };
});

/** `DELETE /api/subscribers/:email`: erases a person. */
export const deleteSubscriber = route(async (connection, request) => {
  const email = addressOf(pathParameter(request, 'email'));
  const events = await eraseSubscriber(connection, email, suppressionSettings().erasureSalt);
  if (events === null) throw new ApiError(404, 'not_found', 'Nothing is known of this address.');
  return { erased: true, events };
});
