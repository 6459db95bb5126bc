import { dayStates } from '../../reconciliation/day-document';
import { reasons } from '../../reconciliation/reasons';
import { storedCounters } from '../../statistics/counter-table';
import { count, day, flag, list, map, nullable, object, oneOf, type Schema, text, time } from './schema';

const difference = { type: 'integer', example: 14 } satisfies Schema;

/** A day of a sending domain, compared with Mailgun's numbers. */
export const reconciledDay = object({
  domain: text('mg.example.com'),
  day,
  state: oneOf(...dayStates, 'open'),
  isRunning: flag(false),
  finishedAt: nullable(time),
  openSince: nullable(time, null),
  lastError: nullable(text('Mailgun answered 500.'), null),
  ours: map('opens', count(702)),
  mailgun: map('opens', count(716)),
  differences: list(object({ counter: oneOf(...storedCounters), ours: count(702), mailgun: count(716) })),
  causes: list(
    object({
      counter: oneOf(...storedCounters),
      reason: oneOf(...reasons),
      count: difference,
      isKnown: flag(false),
      sentence: text('14 opens more at Mailgun: Mailgun counts them and its record does not list them.'),
    }),
  ),
  sentences: list(text('14 opens more at Mailgun: Mailgun counts them and its record does not list them.')),
  onlyOurs: list(
    object({
      key: text('2026-11-24_opened_Vx0nq1cY7m3dWq2Zb9kLrA'),
      event: text('opened'),
      occurredAt: time,
    }),
  ),
  broughtBack: count(3),
});

/** The days of a span in one answer. */
export const reconciliationSummary = object({
  days: count(31),
  equal: count(30),
  explained: count(0),
  differs: count(1),
  open: count(0),
  events: count(4_812_331),
  mailgunEvents: count(4_812_345),
  unequal: count(14),
  sentence: nullable(
    text(
      "October 2026: 4,812,331 events, equal to Mailgun's count but for 14 opens on 12 October (Mailgun counts them and its record does not list them).",
    ),
  ),
});
