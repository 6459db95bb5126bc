import { describe, expect, it } from 'vitest';
import { newDay, type ReconciledDay } from './day-document';
import { spanName, summarise, tellCause } from './tell';

const day = (date: string, change: Partial<ReconciledDay> = {}): ReconciledDay => ({
  ...newDay('mg.example.com', date),
  finishedAt: '2026-11-01T02:00:00.000Z',
  state: 'equal',
  ...change,
});

describe('the name of a span', () => {
  it.each([
    ['2026-10-01', '2026-10-31', 'October 2026'],
    ['2028-02-01', '2028-02-29', 'February 2028'],
    ['2026-10-03', '2026-10-09', '3 to 9 October 2026'],
    ['2026-10-12', '2026-10-12', '12 October 2026'],
    ['2026-09-20', '2026-10-03', '20 September to 3 October 2026'],
    ['2025-12-20', '2026-01-03', '20 December 2025 to 3 January 2026'],
  ])('%s to %s', (from, to, name) => {
    expect(spanName(from, to)).toBe(name);
  });
});

describe('how the days of a span compare', () => {
  const first = day('2026-10-01', { ours: { delivered: 4_000_000 }, mailgun: { delivered: 4_000_000 } });
  const last = day('2026-10-31', { ours: { opens: 812_331 }, mailgun: { opens: 812_331 } });

  it('nothing was compared', () => {
    expect(summarise([day('2026-10-01', { finishedAt: null, state: null })])).toMatchObject({
      open: 1,
      sentence: null,
    });
  });

  it('all is equal', () => {
    expect(summarise([first, last]).sentence).toBe(
      "October 2026: 4,812,331 events, equal to Mailgun's count.",
    );
  });

  it('what is not, is named with its cause, its parts and firsts not once more', () => {
    const differs = day('2026-10-12', {
      state: 'differs',
      causes: [
        { counter: 'opens', reason: 'notInRecord', count: 14 },
        { counter: 'uniqueOpens', reason: 'uniques', count: 3 },
      ],
    });
    const failing = day('2026-10-13', {
      state: 'explained',
      causes: [
        { counter: 'failures', reason: 'callback', count: 2 },
        { counter: 'permanentFailures', reason: 'callback', count: 2 },
        { counter: 'hardBounces', reason: 'classed', count: -1 },
      ],
    });
    const summary = summarise([first, differs, failing, last]);
    expect(summary).toMatchObject({ days: 4, equal: 2, explained: 1, differs: 1, unequal: 14 });
    expect(summary.sentence).toBe(
      "October 2026: 4,812,331 events, equal to Mailgun's count but for " +
        '14 opens on 12 October (Mailgun counts them and its record does not list them), ' +
        "2 failures on 13 October (calls of the owner's own URLs, which Mailgun counts as failures and we count apart), " +
        '1 hard bounce on 13 October (the same events, which Mailgun counts under another name).',
    );
  });

  it('names three differences and counts the others', () => {
    const causes = ['opens', 'clicks', 'delivered', 'accepted', 'complaints'] as const;
    const many = day('2026-10-12', {
      state: 'differs',
      causes: causes.map((counter) => ({ counter, reason: 'onlyOurs', count: -1 })),
    });
    expect(summarise([many]).sentence).toMatch(/and 2 more differences\.$/);
    expect(tellCause({ counter: 'delivered', reason: 'onlyOurs', count: -1 })).toMatch(
      /^1 delivery more here: /,
    );
  });
});
