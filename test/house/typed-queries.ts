import * as v from 'valibot';
import type { eventLog } from '../../src/event-log/stored-event';
import type { Connection } from '../../src/store/connection';

/*
 * `npm run typecheck` checks this file: each expected error must be one. Nothing of it runs.
 */

type EventLog = typeof eventLog;

/** What a misspelt or mistyped field of a query, an order, a projection or an update leads to. */
export async function compilesNot(log: EventLog, connection: Connection): Promise<void> {
  await log.list(connection, { recipient: 'alice@example.com', occurredAt: { $gt: '2026' } });
  // @ts-expect-error the field is called recipient
  await log.list(connection, { recipiant: 'alice@example.com' });
  // @ts-expect-error a state is done or dead
  await log.list(connection, { state: 'gone' });
  // @ts-expect-error a time is a text
  await log.list(connection, { occurredAt: { $gt: 5 } });
  // @ts-expect-error the field is called occurredAt
  await log.list(connection, {}, { sort: { occuredAt: 1 } });
  // @ts-expect-error the field is called raw
  await log.list(connection, {}, { without: ['row'] });
  await log.project(connection, {}, v.object({ recipient: v.string() }));
  // @ts-expect-error the field is called recipient
  await log.project(connection, {}, v.object({ recipiant: v.string() }));
  await log.list(connection, { 'deliveryStatus.code': 550 });
  // @ts-expect-error a delivery status has no such field
  await log.list(connection, { 'deliveryStatus.kode': 550 });
  await log.update(connection, 'key', { $set: { attempts: 1 } });
  // @ts-expect-error the field is called attempts
  await log.update(connection, 'key', { $set: { attempt: 1 } });
  // @ts-expect-error attempts are a number
  await log.update(connection, 'key', { $set: { attempts: '1' } });
}
