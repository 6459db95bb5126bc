import { MailgunProblem } from '../mailgun/request';
import { compareAndSet, newRevision } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { backfillDocuments, type Lease, type LeaseName, leaseId, parseLease } from './documents';

/** Longest time for which the lease is believed: a clock that was wrong must not hold it for ever. */
export const maxHoldMs = 3_600_000;
/** How long the lease of what is done for all domains is held when a run dies. */
const holdMs = 120_000;

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
  { name, holder, now, until }: { name: LeaseName; holder: string; now: number; until: number },
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

/** How long nobody asks Mailgun after a problem, in milliseconds; 0 when only a person can help, or there is none. */
export function pauseAfter(problem: MailgunProblem | null): number {
  return Math.min((problem?.retryAfterSeconds ?? 0) * 1000, maxHoldMs);
}

/** What came of a run, as far as its lease keeps it. */
interface LeasedRun {
  readonly problem: MailgunProblem | null;
  readonly unread?: string | null;
}

/**
 * Does for all domains what one runner may do at a time. The lease keeps how it went, and the pause that Mailgun asks for.
 * @param refused what comes of a run that Mailgun has ended
 * @returns null when somebody else runs, or there is a pause
 * @throws what the work throws, but for a MailgunProblem
 */
export async function withLease<Run extends LeasedRun>(
  connection: Connection,
  name: 'events' | 'lists' | 'numbers',
  work: () => Promise<Run>,
  refused: (problem: MailgunProblem) => Run,
): Promise<Run | null> {
  const holder = newRevision();
  const now = Date.now();
  if (!(await takeLease(connection, { name, holder, now, until: now + holdMs }))) return null;
  let run: Run | null = null;
  try {
    run = await work().catch((error: unknown) => {
      if (error instanceof MailgunProblem) return refused(error);
      throw error;
    });
    return run;
  } finally {
    const pauseMs = pauseAfter(run?.problem ?? null);
    await returnLease(connection, name, holder, {
      heldUntil: pauseMs === 0 ? 0 : Date.now() + pauseMs,
      lastRunAt: new Date().toISOString(),
      lastError:
        run === null
          ? 'The storage failed. The next run goes on where this one stopped.'
          : (run.problem?.message ?? null),
      unread: run?.unread ?? null,
    });
  }
}

/** Keeps the lease for longer. @returns whether the runner still has it */
export async function extendLease(
  connection: Connection,
  { name, holder, until }: { name: LeaseName; holder: string; until: number },
): Promise<boolean> {
  let isOurs = false;
  await decideOn(connection, name, (current) => {
    isOurs = current?.holder === holder;
    return isOurs && current !== null && current.heldUntil < until ? { heldUntil: until } : null;
  });
  return isOurs;
}

/** Whether Mailgun has asked for a pause that lasts. Who plans the runs holds the lease, too, but by its name. */
export async function isPaused(connection: Connection, now: number): Promise<boolean> {
  const lease = await readLease(connection);
  return lease.holder === null && isHeldAt(lease, now);
}

/** Gives the lease back, with how the run went. Nobody takes it before `heldUntil`. */
export async function returnLease(
  connection: Connection,
  name: LeaseName,
  holder: string,
  fields: Partial<Omit<Lease, 'holder'>>,
): Promise<void> {
  await decideOn(connection, name, (current) =>
    current?.holder === holder ? { ...fields, holder: null } : null,
  );
}

/**
 * Lets nobody plan or begin a run for a while, also where a runner has the lease now: Mailgun has asked for a pause.
 * @param until in milliseconds since 1970
 */
export async function holdLease(connection: Connection, until: number, lastError: string): Promise<void> {
  await decideOn(connection, 'events', (current) =>
    (current?.heldUntil ?? 0) >= until ? null : { heldUntil: until, lastError },
  );
}
