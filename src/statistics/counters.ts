import * as v from 'valibot';
import { suppressedClasses } from '../events/classify';
import { providerOf, reportsComplaints } from '../events/provider';
import type { CountedEvent } from './counted-event';
import {
  type Counter,
  counters,
  counterTable,
  derivedTable,
  type NamedRow,
  type StoredCounter,
} from './counter-table';

type JudgedFields = Pick<
  CountedEvent,
  | 'event'
  | 'severity'
  | 'reason'
  | 'classification'
  | 'bot'
  | 'flags'
  | 'transport'
  | 'deliveryStatus'
  | 'recipientDomain'
  | 'recipientProvider'
>;

/** Mailgun's words for a permanent failure that it does not put on its bounce list. */
const softReasons = new Set(['generic', 'greylisted', 'blacklisted', 'espblock']);

const isPermanent = ({ severity }: JudgedFields) => severity === 'permanent';
const isSuppressed = (event: JudgedFields) =>
  isPermanent(event) && event.classification !== null && suppressedClasses.has(event.classification);
/** A permanent failure of a message that was tried, in the same conversation with the server. */
const isBounceAtOnce = (event: JudgedFields) =>
  isPermanent(event) && !isSuppressed(event) && !event.flags.delayedBounce;
/** Whose event is it that the server has taken at which attempt; null where nothing tells. */
const attemptOf = ({ deliveryStatus }: JudgedFields) => deliveryStatus?.attempt ?? null;

/** What makes an event one of those that a counter is limited to. */
const conditions: Record<NonNullable<NamedRow['only']>, (event: JudgedFields) => boolean> = {
  permanent: isPermanent,
  temporary: (event) => !isPermanent(event),
  hard: (event) => isBounceAtOnce(event) && event.reason === 'bounce',
  soft: (event) => isBounceAtOnce(event) && softReasons.has(event.reason ?? ''),
  delayed: (event) => isPermanent(event) && event.flags.delayedBounce && !isSuppressed(event),
  old: (event) => isPermanent(event) && event.reason === 'old',
  suppressed: isSuppressed,
  suppressedBounce: (event) =>
    isSuppressed(event) &&
    (event.classification === 'suppressed_bounce' || event.classification === 'suppressed_earlier'),
  suppressedComplaint: (event) => isSuppressed(event) && event.classification === 'suppressed_complaint',
  suppressedUnsubscribe: (event) => isSuppressed(event) && event.classification === 'suppressed_unsubscribe',
  bot: ({ bot }) => bot !== null,
  smtp: ({ transport }) => transport !== 'http',
  http: ({ transport }) => transport === 'http',
  firstAttempt: (event) => attemptOf(event) === 1,
  laterAttempt: (event) => (attemptOf(event) ?? 1) > 1,
  reportingProvider: (event) => reportsComplaints(providerOf(event)),
};

/** Numbers by counter; an absent one is zero. */
export type Counts = { [Name in StoredCounter]?: number | undefined };

const zeros = v.getDefaults(v.object(v.entriesFromList(counters, v.optional(v.number(), 0))));

/** All counters, the absent ones as zero, and the numbers that follow from them. */
export function withZeros(counts: Counts): Record<Counter, number> {
  const all: Record<Counter, number> = { ...zeros };
  for (const { name } of counterTable) all[name] = counts[name] ?? 0;
  for (const { name, plus, minus } of derivedTable) {
    const sum = (names: readonly StoredCounter[]) => names.reduce((total, one) => total + all[one], 0);
    all[name] = sum(plus) - sum(minus);
  }
  return all;
}

/** As {@link withZeros}, but without those that are zero. */
export function withoutZeros(counts: Counts): { [Name in Counter]?: number } {
  const some: { [Name in Counter]?: number } = {};
  const all = withZeros(counts);
  for (const name of counters) if (all[name] !== 0) some[name] = all[name];
  return some;
}

/** Numbers of a mailing, for examples; the rates follow from them. */
export const exampleCounts: Counts = Object.fromEntries(
  counterTable.map(({ name, example }) => [name, example]),
);

const rows: readonly NamedRow[] = counterTable;
const rowsByEvent = new Map<string, NamedRow[]>();
for (const row of rows.filter(({ apart }) => apart === undefined))
  if (row.event !== null) rowsByEvent.set(row.event, [...(rowsByEvent.get(row.event) ?? []), row]);
const rowsApart = rows.filter(({ apart }) => apart !== undefined);

/** Whether an event is about a callback, a forwarded copy or a test: no mail to a recipient. */
export function isApart({ flags }: Pick<JudgedFields, 'flags'>): boolean {
  return flags.callback || flags.routed || flags.test;
}

/** The counters that an event raises by one, whatever other events there are. */
export function countersRaisedBy(event: JudgedFields): StoredCounter[] {
  const candidates = isApart(event)
    ? rowsApart.filter(
        (row) => row.apart && event.flags[row.apart] && (row.event ?? event.event) === event.event,
      )
    : (rowsByEvent.get(event.event) ?? []);
  return candidates.flatMap(({ name, only, once }) =>
    once !== undefined || (only && !conditions[only](event)) ? [] : [name],
  );
}

/** Counters that an event raises only as the first of its kind: which, and of what it must be the first. */
export function countersOfFirst(
  event: string,
): ReadonlyArray<NamedRow & { once: 'perMessage' | 'perPerson' }> {
  return (rowsByEvent.get(event) ?? []).flatMap((row) => (row.once ? [{ ...row, once: row.once }] : []));
}

/** The names of the counters of first events. */
export const countersOnce: readonly StoredCounter[] = rows.flatMap(({ name, once }) => (once ? [name] : []));

const webhookCounters = rows.flatMap((row) => (row.countsWebhooks ? [row.name] : []));

/** How many of the events that the back-fill has brought a webhook should have brought. */
export function missedByWebhook(counts: Counts): number {
  return webhookCounters.reduce((sum, counter) => sum + (counts[counter] ?? 0), 0);
}
