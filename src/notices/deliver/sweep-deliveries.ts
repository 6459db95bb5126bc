import type { Connection } from '../../store/connection';
import { deliveries } from '../delivery';
import { listDue } from '../delivery-steps';
import { readDestinations } from '../destinations';
import { deliverSoon } from '../publish';

/** How long a delivery is kept. */
const keptDays = 30;
const dayMs = 86_400_000;

/**
 * Queues a job for every destination with deliveries that are due: those of lost jobs, of workers that died, and those
 * whose pause is over. Removes what is old.
 * @param now milliseconds since 1970
 */
export async function sweepDeliveries(connection: Connection, now: number): Promise<void> {
  for (const { id } of await readDestinations(connection))
    if ((await listDue(connection, id, now, 1)).length > 0) await deliverSoon(connection, id);
  const oldest = new Date(now - keptDays * dayMs).toISOString();
  await deliveries.removeMany(connection, { createdAt: { $lt: oldest } });
}
