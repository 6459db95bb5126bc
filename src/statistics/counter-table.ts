interface CounterRow {
  /** Its name in every document, answer and table. */
  name: string;
  /** The type of the events that it counts. */
  event: string;
  /** Which of them, all without it. */
  only?: 'permanent' | 'temporary' | 'suppressed' | 'bot';
  /** Whether it counts people, by their first event of the type, and not events. */
  countsPeople?: true;
  /** Whether it counts every event of a type that Mailgun tells by webhook. Of the others its own log alone tells. */
  countsWebhooks?: true;
  /** A number of a mailing, for the examples of the API's document. */
  example: number;
}

/**
 * All counters: the published example's, then ours. The stored tallies, the types, the API, its document, the columns
 * of its tables and the dashboard follow from this one. Buckets store their numbers in this order: a new counter
 * goes to the end, and none changes its place.
 */
export const counterTable = [
  { name: 'accepted', event: 'accepted', countsWebhooks: true, example: 1000 },
  { name: 'delivered', event: 'delivered', countsWebhooks: true, example: 960 },
  { name: 'opens', event: 'opened', countsWebhooks: true, example: 702 },
  { name: 'clicks', event: 'clicked', countsWebhooks: true, example: 131 },
  { name: 'failures', event: 'failed', countsWebhooks: true, example: 52 },
  { name: 'complaints', event: 'complained', countsWebhooks: true, example: 1 },
  { name: 'unsubscribes', event: 'unsubscribed', countsWebhooks: true, example: 4 },
  { name: 'rejected', event: 'rejected', example: 0 },
  { name: 'stored', event: 'stored', example: 0 },
  { name: 'permanentFailures', event: 'failed', only: 'permanent', example: 40 },
  { name: 'temporaryFailures', event: 'failed', only: 'temporary', example: 12 },
  { name: 'suppressedFailures', event: 'failed', only: 'suppressed', example: 6 },
  { name: 'botOpens', event: 'opened', only: 'bot', example: 210 },
  { name: 'botClicks', event: 'clicked', only: 'bot', example: 18 },
  { name: 'uniqueOpens', event: 'opened', countsPeople: true, example: 402 },
  { name: 'uniqueClicks', event: 'clicked', countsPeople: true, example: 97 },
] as const satisfies readonly CounterRow[];

export type Counter = (typeof counterTable)[number]['name'];

/** A row of the table whose name is known to be one. */
export type NamedRow = CounterRow & { name: Counter };

/** The names of all counters, in the order in which they are stored. */
export const counters: readonly Counter[] = counterTable.map(({ name }) => name);
