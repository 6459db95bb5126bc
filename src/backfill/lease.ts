import { compareAndSet } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { backfillDocuments, type Lease, type LeaseName, leaseId, parseLease } from './documents';

/** Longest time for which the lease is believed: a clock that was wrong must not hold it for ever. */
export const maxHoldMs = 3_600_000;

export async function readLease(connection: Connection, name: LeaseName = 'events'): Promise<Lease> {
  return parseLease((await backfillDocuments.findDocument(connection, leaseId(name))) ?? {});
}

function isHeldAt(lease: Lease, now: number): boolean {
  return lease.heldUntil > now && lease.heldUntil <= now + maxHoldMs;
}

async function decideOn(
  connection: Connection,
  name: LeaseName,
  decide: (current: Lease | null) => Partial<Lease> | null,
): Promise<void> {
  await compareAndSet(connection, backfillDocuments, {
    id: leaseId(name),
    identity: { kind: 'lease' },
    parse: parseLease,
    decide,
  });
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
  await decideOn(connection, name, (current) => {
    const isHeld = current !== null && isHeldAt(current, now);
    const isTaken = current?.holder === holder;
    isOurs = isTaken || !isHeld;
    return isTaken || isHeld ? null : { holder, heldUntil: until };
  });
  return isOurs;
}

/** Gives the lease back, with how the run went. Nobody takes it before `heldUntil`. */
export async function returnLease(
  connection: Connection,
  holder: string,
  fields: Partial<Omit<Lease, 'holder'>>,
  name: LeaseName = 'events',
): Promise<void> {
  await decideOn(connection, name, (current) =>
    current?.holder === holder ? { ...fields, holder: null } : null,
  );
}

/**
 * Keeps everybody from a lease for a while, whoever has it now: Mailgun has asked for a pause.
 * @param until in milliseconds since 1970
 */
export async function holdLease(connection: Connection, until: number, lastError: string): Promise<void> {
  await decideOn(connection, 'events', (current) =>
    (current?.heldUntil ?? 0) >= until ? null : { heldUntil: until, lastError },
  );
}
