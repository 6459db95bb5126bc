import type { Counter, Counts } from '../store/tally';

/** Counters of the types that Mailgun tells by webhook. Of the others its record alone tells: no webhook missed them. */
const toldByWebhook: readonly Counter[] = [
  'accepted',
  'delivered',
  'failures',
  'opens',
  'clicks',
  'unsubscribes',
  'complaints',
];

/** How many of the events that the back-fill has brought a webhook should have brought. */
export function missedIn(counts: Counts): number {
  return toldByWebhook.reduce((sum, counter) => sum + (counts[counter] ?? 0), 0);
}
