import { type Counts, withZeros } from '../statistics/counters';
import { ratesOf } from '../statistics/rates';

/** Mail below this says nothing about a rate. */
const minProcessed = 50;

/** From where on a rate is trouble, and how many there must be: one complaint of fifty mails is none. */
const limits = {
  /** Gmail wants less than 0.10 % (support.google.com/mail/answer/81126). */
  complaint: { rate: 0.001, count: 2 },
  bounce: { rate: 0.025, count: 3 },
  deferral: { rate: 0.1, count: 5 },
} as const;

/** How the mail of a campaign or to a provider fared. */
export interface MailNumbers {
  name: string;
  processed: number;
  /** Shares from 0 to 1; null where there is nothing to divide by. */
  complaint: number | null;
  bounce: number | null;
  /** Attempts that failed for the time being, per message. */
  deferral: number | null;
  /** Which of them are over their limit. */
  trouble: ReadonlyArray<keyof typeof limits>;
}

export function mailNumbers(name: string, counts: Counts): MailNumbers {
  const { processed, complaints, bounced, temporaryFailures } = withZeros(counts);
  const { complaint, bounce } = ratesOf(counts);
  const deferral = processed === 0 ? null : temporaryFailures / processed;
  const isOver = (limit: { rate: number; count: number }, rate: number | null, count: number) =>
    rate !== null && processed >= minProcessed && rate >= limit.rate && count >= limit.count;
  return {
    name,
    processed,
    complaint,
    bounce,
    deferral,
    trouble: [
      ...(isOver(limits.complaint, complaint, complaints) ? (['complaint'] as const) : []),
      ...(isOver(limits.bounce, bounce, bounced) ? (['bounce'] as const) : []),
      ...(isOver(limits.deferral, deferral, temporaryFailures) ? (['deferral'] as const) : []),
    ],
  };
}

/** Those in trouble, the worst first: by complaints, then by bounces, then by name. */
export function worstOf(numbers: readonly MailNumbers[], limit: number): MailNumbers[] {
  return numbers
    .filter(({ trouble }) => trouble.length > 0)
    .sort(
      (a, b) =>
        (b.complaint ?? 0) - (a.complaint ?? 0) ||
        (b.bounce ?? 0) - (a.bounce ?? 0) ||
        (a.name < b.name ? -1 : 1),
    )
    .slice(0, limit);
}
