import { findEvent } from '../event-log/event-log';
import type { StoredEvent } from '../event-log/stored-event';
import { isOwnMail } from '../events/own-mail';
import type { Connection } from '../store/connection';
import type { Change } from '../suppressions/change';
import { describeChange, noticeOfChange } from './change-notice';
import type { Destination } from './destination';
import { readDestinations } from './destinations';
import { describeEvent, noticeOfEvent } from './event-notice';
import { wants } from './filter';
import { publishTo } from './publish';

/**
 * Tells the destinations that want it of an event. Where none does, it costs one read by id; of mail that this app has
 * sent itself nothing is ever told.
 * @throws when it could not be stored; the event is then tried again
 */
export async function tellEvent(connection: Connection, event: StoredEvent): Promise<void> {
  if (isOwnMail(event)) return;
  const described = describeEvent(event);
  const wanting = (await readDestinations(connection)).filter(({ filter }) => wants(filter, described));
  if (wanting.length > 0) await publishTo(connection, wanting, noticeOfEvent(event));
}

/**
 * Tells of a change of a suppression, unless mail of this app's own has led to it.
 * @param destinations all that there are: changes come in batches
 * @throws when it could not be stored; the change then waits
 */
export async function tellChange(
  connection: Connection,
  destinations: readonly Destination[],
  change: Change,
): Promise<void> {
  const described = describeChange(change);
  const wanting = destinations.filter(({ filter }) => wants(filter, described));
  if (wanting.length === 0) return;
  const { event: key } = change.suppression;
  const event = key === null ? null : await findEvent(connection, key);
  if (event !== null && isOwnMail(event)) return;
  await publishTo(connection, wanting, noticeOfChange(change));
}
