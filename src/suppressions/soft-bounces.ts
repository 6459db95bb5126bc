import type { SuppressionSettings } from '../settings/settings';
import { allMail, type Decision, isMeant, type Suppression } from './suppression';

/** A failure that does not speak against its address for good. */
export interface SoftFailure {
  /** ISO. */
  at: string;
  /** Of the event. */
  key: string;
  messageId: string | null;
}

const dayMs = 86_400_000;
const softScope = { list: 'soft', domain: null, scope: allMail } as const;

const plusDays = (iso: string, days: number) => new Date(Date.parse(iso) + days * dayMs).toISOString();

/**
 * The pause of an address whose mails fail softly, one after another: so many different mails in so many days, and no
 * delivery in between. It falls out of the failures, whatever their order.
 * @param lastDeliveredAt ISO, null when nothing was delivered
 * @returns null when there is no reason for one
 */
export function pauseAfter(
  all: readonly SoftFailure[],
  lastDeliveredAt: string | null,
  decisions: readonly Decision[],
  { softBounceLimit, softBounceDays, softBouncePauseDays }: SuppressionSettings,
): Suppression | null {
  if (softBounceLimit === 0) return null;
  const lifted = decisions
    .filter((one) => one.kind === 'lift' && isMeant(one, softScope))
    .map(({ at }) => at);
  const reset = [...lifted, lastDeliveredAt ?? ''].sort().at(-1) ?? '';
  const failures = all
    .filter(({ at }) => at > reset)
    .sort((a, b) => (a.at < b.at || (a.at === b.at && a.key < b.key) ? -1 : 1));
  let first: SoftFailure | null = null;
  let last: SoftFailure | null = null;
  for (const failure of failures) {
    const from = plusDays(failure.at, -softBounceDays);
    const mails = new Set(
      failures
        .filter(({ at }) => at > from && at <= failure.at)
        .map(({ messageId, key }) => messageId ?? key),
    );
    if (mails.size < softBounceLimit) continue;
    first ??= failure;
    last = failure;
  }
  if (first === null || last === null) return null;
  return {
    ...softScope,
    since: first.at,
    evidence: `0|${first.at}|${first.key}`,
    source: 'webhook',
    event: first.key,
    detail: `${softBounceLimit} mails in ${softBounceDays} days failed, and none was delivered in between.`,
    classification: null,
    code: null,
    provider: null,
    by: null,
    until: plusDays(last.at, softBouncePauseDays),
    doubtful: false,
    refusedByMailgun: false,
  };
}
