import { readLease } from '../backfill/lease';
import { hasAnyDay, type ReconciledDay, readDays } from '../reconciliation/day-document';
import { isKnown } from '../reconciliation/reasons';
import { mainCauses, tellCause, unequalOn } from '../reconciliation/tell';
import { readMailgunSettings } from '../settings/settings';
import type { Connection } from '../store/connection';

const dayMs = 86_400_000;
/** Days that are looked at. */
const lookBackDays = 7;
/** How long no comparison may come to an end before anybody is told: most obstacles pass. */
const openMs = 3 * dayMs;
/** Sentences that a message has. */
const maxDetails = 5;

/** What the comparison with Mailgun's numbers has found of the last days. */
export interface NumbersCompared {
  readonly lastError: string | null;
  readonly days: readonly ReconciledDay[];
  /** Whether there are days at all, also older ones. */
  readonly hasDays: boolean;
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** @returns null when Mailgun is not asked for want of a key */
export async function readNumbersCompared(
  connection: Connection,
  now: number,
): Promise<NumbersCompared | null> {
  const result = readMailgunSettings();
  if ('problem' in result || result.settings.apiKeys.length === 0) return null;
  const [{ lastError }, days] = await Promise.all([
    readLease(connection, 'numbers'),
    readDays(connection, dayOf(now - lookBackDays * dayMs), dayOf(now)),
  ]);
  const hasDays = days.length > 0 || (lastError !== null && (await hasAnyDay(connection)));
  return { lastError, days, hasDays };
}

/** What differs of a domain, and what could not be compared for days; the domain is null for all mail. */
export interface NumbersMeasured {
  readonly domain: string | null;
  readonly value: number;
  readonly details: readonly string[];
}

function daySentences(day: ReconciledDay): string[] {
  return mainCauses(day.causes)
    .filter(({ reason }) => !isKnown(reason))
    .map((cause) => `${day.day}: ${tellCause(cause)}`);
}

function measureDomain(domain: string, days: readonly ReconciledDay[], now: number): NumbersMeasured {
  const stuck = days.filter(({ openSince }) => openSince !== null && now - Date.parse(openSince) >= openMs);
  const value = days.reduce((sum, day) => sum + unequalOn(day), 0);
  const details = [
    ...stuck.map(
      ({ day, lastError }) => `${day} could not be compared: ${lastError ?? 'no run has come to its end.'}`,
    ),
    ...days.flatMap(daySentences),
  ];
  return { domain, value: Math.max(value, stuck.length), details: details.slice(0, maxDetails) };
}

/** What the rule of the numbers measures. A day that could not be compared for days counts as one event. */
export function measureNumbers(numbers: NumbersCompared | null, now: number): NumbersMeasured[] {
  if (numbers === null) return [];
  const byDomain = new Map<string, ReconciledDay[]>();
  for (const day of numbers.days) byDomain.set(day.domain, [...(byDomain.get(day.domain) ?? []), day]);
  const measured = [...byDomain].map(([domain, days]) => measureDomain(domain, days, now));
  // Where the domains cannot even be listed, no day is begun.
  const isNoneBegun = numbers.days.every(({ day }) => Date.parse(day) + dayMs < now - openMs);
  return numbers.lastError !== null && numbers.hasDays && isNoneBegun
    ? [{ domain: null, value: 1, details: [numbers.lastError] }, ...measured]
    : measured;
}
