import { describe, expect, it } from 'vitest';
import { newDay } from './day-document';
import { completeDays, daysOfNight, isDueAtNight, isDueSince, lastNight, newestComplete } from './due-days';

const at = (time: string) => Date.parse(`2026-11-${time}Z`);

describe('which days are complete', () => {
  it.each([
    ['24T02:00:00', '2026-11-23'],
    ['24T01:59:59', '2026-11-22'],
    ['24T23:59:59', '2026-11-23'],
  ])('at %s the newest is %s', (time, day) => {
    expect(newestComplete(at(time))).toBe(day);
  });

  it('of a span only those', () => {
    expect(completeDays('2026-11-21', '2026-11-30', at('24T12:00:00'))).toEqual([
      '2026-11-21',
      '2026-11-22',
      '2026-11-23',
    ]);
    expect(completeDays('2026-11-24', '2026-11-24', at('24T12:00:00'))).toEqual([]);
  });
});

describe('what a night looks at', () => {
  it.each([
    ['nothing before the first event', null, []],
    ['the last days', '2026-01-01T00:00:00.000Z', ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23']],
    ['no day that began before events came', '2026-11-22T00:00:00.000Z', ['2026-11-23']],
    ['none on the first day', '2026-11-24T00:00:00.000Z', []],
  ])('%s', (_, firstDay, days) => {
    expect(daysOfNight(firstDay, at('24T12:00:00'))).toEqual(days);
  });

  it('begins at two', () => {
    expect(lastNight(at('24T01:59:00'))).toBe('2026-11-23T02:00:00.000Z');
    expect(lastNight(at('24T02:00:00'))).toBe('2026-11-24T02:00:00.000Z');
  });

  const night = '2026-11-24T02:00:00.000Z';
  const before = { finishedAt: '2026-11-23T02:10:00.000Z' };
  it.each([
    ['never compared', {}, true],
    ['under way', { ...before, step: 'bring' as const }, true],
    ['equal', { ...before, state: 'equal' as const }, false],
    ['explained', { ...before, state: 'explained' as const }, false],
    ['differed the night before', { ...before, state: 'differs' as const }, true],
    ['differed this night', { finishedAt: '2026-11-24T02:10:00.000Z', state: 'differs' as const }, false],
  ])('%s', (_, change, isDue) => {
    expect(isDueAtNight({ ...newDay('a.example', '2026-11-23'), ...change }, night)).toBe(isDue);
  });

  it('a command compares anew what was compared before it began', () => {
    const done = { ...newDay('a.example', '2026-11-23'), ...before, state: 'equal' as const };
    expect([isDueSince(done, ''), isDueSince(done, night)]).toEqual([false, true]);
  });
});
