import { expect, it } from 'vitest';
import { counterTable } from '../statistics/counter-table';
import {
  comparedCounters,
  comparedMetrics,
  countersOfMetrics,
  differencesBetween,
  eventsIn,
} from './compared-counters';

it('compares every number that Mailgun counts, but for those of which it has no count', () => {
  const compared = new Set<string>(comparedCounters.map(({ counter }) => counter));
  const left = counterTable.filter(({ name, mailgun }) => mailgun !== null && !compared.has(name));
  expect(left.map(({ name }) => name)).toEqual(['rejected', 'botOpens', 'botClicks']);
  expect(comparedMetrics.at(-1)).toBe('stored_count');
  expect(new Set(comparedMetrics).size).toBe(comparedCounters.length);
});

it('each part of a type belongs to a counter of all its events', () => {
  for (const { event, counter } of comparedCounters)
    expect(
      comparedCounters.filter((one) => one.event === event && one.isWhole).map(({ counter: whole }) => whole),
      counter,
    ).toHaveLength(1);
});

it('does not compare what Mailgun does not tell', () => {
  const mailgun = countersOfMetrics(
    new Map([
      ['opened_count', 3],
      ['opened_rate', 9],
    ]),
  );
  expect(mailgun).toEqual({ opens: 3 });
  expect(differencesBetween({ opens: 2, clicks: 5 }, mailgun)).toEqual([
    { counter: 'opens', ours: 2, mailgun: 3 },
  ]);
});

it('counts an event once, whatever its parts', () => {
  expect(eventsIn({ failures: 3, permanentFailures: 2, hardBounces: 2, opens: 4, uniqueOpens: 2 })).toBe(7);
});
