import { hasClosedDay } from '../statistics/closed-days';
import { recountDirty } from '../statistics/recount';
import type { Connection } from '../store/connection';
import { auditAddress } from './addresses';
import { auditDay } from './days';
import type { Findings } from './difference';
import { auditHour } from './hours';
import { auditTotals } from './totals';

/**
 * The parts of the audit in order. Addresses come first because what they correct is counted; each later
 * part compares with what the one before has checked.
 */
export const parts = ['addresses', 'hours', 'days', 'campaigns'] as const;
export type Part = (typeof parts)[number];

/** Where an audit goes on. */
export interface Position {
  part: Part;
  at: string;
}

/** How long one step may take: it must fit a serverless time limit. */
const stepTimeMs = 2000;

export type AuditStep = Omit<Findings, 'next'> & { next: Position | null };

function nextPart(part: Part): Position | null {
  const next = parts[parts.indexOf(part) + 1];
  return next === undefined ? null : { part: next, at: '' };
}

/**
 * Does a piece of the audit: rebuilds statistics and subscriber states from the event log and compares.
 * @param fix whether what differs is written
 * @returns what was found, and where to go on
 */
export async function auditStep(
  connection: Connection,
  position: Position,
  fix: boolean,
): Promise<AuditStep> {
  const deadline = Date.now() + stepTimeMs;
  const isComplete = !(await hasClosedDay(connection));
  const run: Record<Part, (at: string) => Promise<Findings>> = {
    addresses: (at) => auditAddress(connection, at, fix, isComplete),
    hours: (at) => auditHour(connection, at, fix),
    days: (at) => auditDay(connection, at, fix),
    campaigns: (at) => auditTotals(connection, at, fix),
  };
  const step: AuditStep = { differences: [], checked: 0, skipped: [], next: position };
  while (step.next !== null && step.next.part === position.part && Date.now() < deadline) {
    const { at } = step.next;
    const found = await run[position.part](at);
    // Two orders that differ would lead the walk in a circle, and its reader would follow for ever.
    if (found.next !== null && found.next <= at)
      throw new Error(`The audit of ${position.part} does not get on: report this as a fault of the app.`);
    step.differences.push(...found.differences);
    step.skipped.push(...found.skipped);
    step.checked += found.checked;
    step.next = found.next === null ? nextPart(position.part) : { part: position.part, at: found.next };
  }
  // What a part has marked must be counted before the next one compares with it.
  if (fix) await recountDirty(connection);
  return step;
}
