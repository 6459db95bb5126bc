import { compareAndSet } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { backfillDocuments, type Lease, type LeaseName, leaseIds, parseLease } from './documents';

/** Longest time for which the lease is believed: a clock that was wrong must not hold it for ever. */
export const maxHoldMs = 3_600_000;

export async function readLease(connection: Connection, name: LeaseName = 'events'): Promise<Lease> {
  return parseLease((await backfillDocuments.findDocument(connection, leaseIds[name])) ?? {});
}

/**
 * Takes the lease for one runner. Two can only have it when a clock is far off, and then do each other no
 * harm: a cursor only moves forward, behind what is stored.
 * @param now and until in milliseconds since 1970
 * @returns whether the runner has it
 */
export async function takeLease(
  connection: Connection,
  { name = 'events', holder, now, until }: { name?: LeaseName; holder: string; now: number; until: number },
): Promise<boolean> {
  let isOurs = false;
  await compareAndSet(connection, backfillDocuments, {
    id: leaseIds[name],
    identity: { kind: 'lease' },
    parse: parseLease,
    decide: (current) => {
      const isHeld = current !== null && current.heldUntil > now && current.heldUntil <= now + maxHoldMs;
      const isTaken = current?.holder === holder;
      isOurs = isTaken || !isHeld;
      return isTaken || isHeld ? null : { holder, heldUntil: until };
    },
  });
  return isOurs;
}

/** Gives the lease back, with how the run went. Nobody takes it before `heldUntil`. */
export async function returnLease(
  connection: Connection,
  holder: string,
  fields: Omit<Lease, 'holder'>,
  name: LeaseName = 'events',
): Promise<void> {
  await compareAndSet(connection, backfillDocuments, {
    id: leaseIds[name],
    identity: { kind: 'lease' },
    parse: parseLease,
    decide: (current) => (current?.holder === holder ? { ...fields, holder: null } : null),
  });
}
