import * as v from 'valibot';
import type { StoredEvent } from '../event-log/stored-event';
import { suppressedClasses } from '../events/classify';
import { type Counter, counters, counterTable, type NamedRow } from './counter-table';

type JudgedFields = Pick<StoredEvent, 'event' | 'severity' | 'classification' | 'bot'>;

/** What makes an event one of those that a counter is limited to. */
const conditions: Record<NonNullable<NamedRow['only']>, (event: JudgedFields) => boolean> = {
  permanent: ({ severity }) => severity === 'permanent',
  temporary: ({ severity }) => severity === 'temporary',
  suppressed: ({ classification }) => classification !== null && suppressedClasses.has(classification),
  bot: ({ bot }) => bot !== null,
};

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
export const exampleCounts: Counts = Object.fromEntries(
  counterTable.map(({ name, example }) => [name, example]),
);

const rowsByEvent = new Map<string, NamedRow[]>();
for (const row of counterTable) rowsByEvent.set(row.event, [...(rowsByEvent.get(row.event) ?? []), row]);

/** The counters that an event raises by one, those of people aside. */
export function countersRaisedBy(event: JudgedFields): Counter[] {
  return (rowsByEvent.get(event.event) ?? []).flatMap(({ name, only, countsPeople }) =>
    countsPeople || (only && !conditions[only](event)) ? [] : [name],
  );
}

const webhookCounters = counterTable.flatMap((row: NamedRow) => (row.countsWebhooks ? [row.name] : []));

/** How many of the events that the back-fill has brought a webhook should have brought. */
export function missedByWebhook(counts: Counts): number {
  return webhookCounters.reduce((sum, counter) => sum + (counts[counter] ?? 0), 0);
}
