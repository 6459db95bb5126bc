import * as v from 'valibot';
import { normaliseAddress } from '../events/address';
import { collections } from '../store/connection';
import { type Subscriber, statuses } from '../store/subscriber';
import { findSubscriber, parseSubscriber } from '../store/subscribers';
import { pageParameters, readPage } from './page';
import { ApiError, parseInput, pathParameter, route } from './route';

function present({
  bounceEvidence: _,
  complaintEvidence: __,
  unsubscribeEvidence: ___,
  ...fields
}: Subscriber) {
  return fields;
}

function address(text: string): string {
  const email = normaliseAddress(text);
  if (email === null) throw new ApiError(400, 'invalid_parameter', 'The path must end in a mail address.');
  return email;
}

/** `GET /api/subscribers?status=`: all addresses, the one with the latest event first. */
export const listSubscribers = route(async (connection, request) => {
  const parameters = v.strictObject({ ...pageParameters, status: v.optional(v.picklist(statuses)) });
  const { limit, cursor, status } = parseInput(parameters, request.query);
  const { documents, next } = await readPage(connection, {
    collection: collections.subscribers,
    filter: status === undefined ? {} : { status },
    newestBy: 'lastEventAt',
    limit,
    cursor,
  });
  return { items: documents.map((document) => present(parseSubscriber(document))), next };
});

/** `GET /api/subscribers/:email` */
export const getSubscriber = route(async (connection, request) => {
  const subscriber = await findSubscriber(connection, address(pathParameter(request, 'email')));
  if (subscriber === null)
    throw new ApiError(404, 'not_found', 'No event for this address has been processed.');
  return present(subscriber);
});

/** When the state began that an address is in, ISO; null when it is active. */
function suppressedSince(subscriber: Subscriber): string | null {
  switch (subscriber.status) {
    case 'complained':
      return subscriber.complaintDate;
    case 'unsubscribed':
      return subscriber.unsubscribeDate;
    case 'bounced':
      return subscriber.bounceDate;
    case 'active':
      return null;
  }
}

/** `GET /api/suppressions/:email`: whether one may write to an address. An unknown one is not suppressed. */
export const getSuppression = route(async (connection, request) => {
  const email = address(pathParameter(request, 'email'));
  const subscriber = await findSubscriber(connection, email);
  if (subscriber === null || subscriber.status === 'active') {
    return { email, suppressed: false, reason: null, since: null };
  }
  return { email, suppressed: true, reason: subscriber.status, since: suppressedSince(subscriber) };
});
