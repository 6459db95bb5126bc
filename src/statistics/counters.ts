import * as v from 'valibot';
import type { StoredEvent } from '../event-log/stored-event';
import { suppressedClasses } from '../events/classify';

type JudgedFields = Pick<StoredEvent, 'event' | 'severity' | 'classification' | 'bot'>;

interface CounterRow {
  /** Its name in every document, answer and table. */
  name: string;
  /** The type of the events that it counts. */
  event: string;
  /** Which of them, all without it. */
  when?: (event: JudgedFields) => boolean;
  /** Whether it counts people, by their first event of the type, and not events. */
  countsPeople?: true;
  /** Whether it counts every event of a type that Mailgun tells by webhook. Of the others its own log alone tells. */
  countsWebhooks?: true;
  /** A number of a mailing, for the examples of the API's document. */
  example: number;
}

/**
 * All counters: the published example's, then ours. The stored tallies, the types, the API, its document and the
 * columns of its tables follow from this one. Buckets store their numbers in this order: a new counter goes to
 * the end, and none changes its place.
 */
const rows = [
  { name: 'accepted', event: 'accepted', countsWebhooks: true, example: 1000 },
  { name: 'delivered', event: 'delivered', countsWebhooks: true, example: 960 },
  { name: 'opens', event: 'opened', countsWebhooks: true, example: 702 },
  { name: 'clicks', event: 'clicked', countsWebhooks: true, example: 131 },
  { name: 'failures', event: 'failed', countsWebhooks: true, example: 52 },
  { name: 'complaints', event: 'complained', countsWebhooks: true, example: 1 },
  { name: 'unsubscribes', event: 'unsubscribed', countsWebhooks: true, example: 4 },
  { name: 'rejected', event: 'rejected', example: 0 },
  { name: 'stored', event: 'stored', example: 0 },
  {
    name: 'permanentFailures',
    event: 'failed',
    when: ({ severity }) => severity === 'permanent',
    example: 40,
  },
  {
    name: 'temporaryFailures',
    event: 'failed',
    when: ({ severity }) => severity === 'temporary',
    example: 12,
  },
  {
    name: 'suppressedFailures',
    event: 'failed',
    when: ({ classification }) => classification !== null && suppressedClasses.has(classification),
    example: 6,
  },
  { name: 'botOpens', event: 'opened', when: ({ bot }) => bot !== null, example: 210 },
  { name: 'botClicks', event: 'clicked', when: ({ bot }) => bot !== null, example: 18 },
  { name: 'uniqueOpens', event: 'opened', countsPeople: true, example: 402 },
  { name: 'uniqueClicks', event: 'clicked', countsPeople: true, example: 97 },
] as const satisfies readonly CounterRow[];

export type Counter = (typeof rows)[number]['name'];

/** The names of all counters, in the order in which they are stored. */
export const counters: readonly Counter[] = rows.map(({ name }) => name);

/** Numbers by counter; an absent one is zero. */
export type Counts = { [Name in Counter]?: number | undefined };

const zeros = v.getDefaults(v.object(v.entriesFromList(counters, v.optional(v.number(), 0))));
/** All counters, the absent ones as zero. */
export function withZeros(counts: Counts): Record<Counter, number> {
  const all: Record<Counter, number> = { ...zeros };
  for (const counter of counters) all[counter] = counts[counter] ?? 0;
  return all;
}

/** Numbers of a mailing, for examples; the rates follow from them. */
export const exampleCounts: Counts = Object.fromEntries(rows.map(({ name, example }) => [name, example]));

const rowsByEvent = new Map<string, Array<CounterRow & { name: Counter }>>();
for (const row of rows) rowsByEvent.set(row.event, [...(rowsByEvent.get(row.event) ?? []), row]);

/** The counters that an event raises by one, those of people aside. */
export function countersRaisedBy(event: JudgedFields): Counter[] {
  return (rowsByEvent.get(event.event) ?? []).flatMap(({ name, when, countsPeople }) =>
    countsPeople || (when && !when(event)) ? [] : [name],
  );
}

const webhookCounters = rows.flatMap((row: CounterRow & { name: Counter }) =>
  row.countsWebhooks ? [row.name] : [],
);

/** How many of the events that the back-fill has brought a webhook should have brought. */
export function missedByWebhook(counts: Counts): number {
  return webhookCounters.reduce((sum, counter) => sum + (counts[counter] ?? 0), 0);
}
