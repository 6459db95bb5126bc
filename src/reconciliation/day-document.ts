import * as v from 'valibot';
import { storedCounters } from '../statistics/counter-table';
import { Collection } from '../store/collection';
import { compareAndSet, type RevisedDocument } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { reasons } from './reasons';

const text = v.optional(v.nullable(v.string()), null);
const number = v.optional(v.number(), 0);
const counts = v.optional(v.object(v.entriesFromList(storedCounters, v.optional(v.number()))), {});
const counter = v.picklist(storedCounters);

const cause = v.object({ counter, reason: v.picklist(reasons), count: v.number() });
const example = v.object({ key: v.string(), event: v.string(), occurredAt: v.string() });
/** An event that only we have. */
export type Example = v.InferOutput<typeof example>;

/** What a comparison does: look at the day, bring back what Mailgun lists in hours that differ, judge what still differs. */
export const steps = ['compare', 'bring', 'judge'] as const;

/** `differs`: for a reason that is not known. */
export const dayStates = ['equal', 'explained', 'differs'] as const;
export type DayState = (typeof dayStates)[number];

const dayFields = v.object({
  domain: v.optional(v.string(), ''),
  day: v.optional(v.string(), ''),
  /** Null: no comparison is under way. */
  step: v.optional(v.nullable(v.picklist(steps)), null),
  /** Where the step goes on: an hour of the day, and within it. */
  hour: number,
  rest: text,
  /** When the comparison that is under way began, and when the first one did that has not come to an end, ISO. */
  startedAt: text,
  openSince: text,
  /** Events that this comparison has brought back. */
  added: number,
  /** What was found of the hours that were judged. */
  found: v.optional(v.array(cause), []),
  foundExamples: v.optional(v.array(example), []),
  /** When the last comparison ended, ISO, and what came of it. */
  finishedAt: text,
  state: v.optional(v.nullable(v.picklist(dayStates)), null),
  ours: counts,
  mailgun: counts,
  causes: v.optional(v.array(cause), []),
  /** Some of the events that only we have. */
  onlyOurs: v.optional(v.array(example), []),
  /** Events that the last comparison has brought back. */
  broughtBack: number,
  lastError: text,
});

/** A day of a sending domain: how its numbers compare with Mailgun's, and how far the comparison is. */
export type ReconciledDay = v.InferOutput<typeof dayFields>;

const identified = v.object({ _id: v.string(), ...dayFields.entries });

export const reconciledDays = new Collection<
  RevisedDocument & ReconciledDay,
  v.InferOutput<typeof identified>
>('reconciled_days', (document) => v.parse(identified, document), [['day', '_id']]);

export function newDay(domain: string, day: string): ReconciledDay {
  return { ...v.parse(dayFields, {}), domain, day };
}

const idOf = ({ domain, day }: Pick<ReconciledDay, 'domain' | 'day'>) => `${domain}|${day}`;

function withoutId({ _id: _, ...day }: v.InferOutput<typeof identified>): ReconciledDay {
  return day;
}

/** A day as it stands, a new one when it was never compared. */
export async function readDay(connection: Connection, domain: string, day: string): Promise<ReconciledDay> {
  const found = await reconciledDays.find(connection, idOf({ domain, day }));
  return found === null ? newDay(domain, day) : withoutId(found);
}

/** The days of a span, both ends included, in their order; of all domains. */
export async function readDays(connection: Connection, from: string, to: string): Promise<ReconciledDay[]> {
  const query = { day: { $gte: from, $lte: to } };
  return (await reconciledDays.list(connection, query, { sort: { day: 1 } })).map(withoutId);
}

/** Whether any day was ever compared. */
export function hasAnyDay(connection: Connection): Promise<boolean> {
  return reconciledDays.exists(connection, { day: { $gt: '' } });
}

const isSame = (a: ReconciledDay, b: ReconciledDay) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Takes a day from one state to the next, unless somebody else has taken it further meanwhile.
 * @returns the new state, null when it was somebody else
 */
export async function writeDay(
  connection: Connection,
  before: ReconciledDay,
  changes: Partial<ReconciledDay>,
): Promise<ReconciledDay | null> {
  // Parsed, so that it is the same text as what is read.
  const after = v.parse(dayFields, { ...before, ...changes });
  const { domain, day } = before;
  let isOurs = false;
  await compareAndSet(connection, reconciledDays, {
    id: idOf(before),
    identity: { domain, day },
    parse: (document) => v.parse(dayFields, document),
    decide: (stored) => {
      const current = stored ?? newDay(domain, day);
      isOurs = isSame(current, after) || isSame(current, before);
      return isOurs && !(stored !== null && isSame(stored, after)) ? after : null;
    },
  });
  return isOurs ? after : null;
}
