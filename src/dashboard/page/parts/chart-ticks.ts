import { dayMs, dayName } from '../format/times';

const hourMs = dayMs / 24;

/** Marks of an axis of counts: from 0 in round steps, the last one at or above the largest count. */
export function countTicks(most: number): number[] {
  const rough = Math.max(most, 4) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(Math.max(most, 4) / step) + 1 }, (_, index) => index * step);
}

/** Which days may be marked, from many to few: all, every second, Mondays, the first of a month, of a year. */
const daySteps: readonly { days: number; isMarked: (date: Date) => boolean }[] = [
  { days: 1, isMarked: () => true },
  { days: 2, isMarked: (date) => (date.getTime() / dayMs) % 2 === 0 },
  { days: 7, isMarked: (date) => date.getUTCDay() === 1 },
  { days: 15, isMarked: (date) => date.getUTCDate() === 1 || date.getUTCDate() === 15 },
  { days: 30, isMarked: (date) => date.getUTCDate() === 1 },
  { days: 91, isMarked: (date) => date.getUTCDate() === 1 && date.getUTCMonth() % 3 === 0 },
  { days: 365, isMarked: (date) => date.getUTCDate() === 1 && date.getUTCMonth() === 0 },
];

const hourSteps = [1, 3, 6, 12, 24, 48].map((hours) => ({
  days: hours / 24,
  isMarked: (date: Date) => date.getTime() % (hours * hourMs) === 0,
}));

/**
 * Marks of an axis of time, so many that their names have room.
 * @param starts beginnings of the spans, ISO, without gaps
 * @param most how many marks there is room for
 */
export function timeTicks(
  starts: readonly string[],
  by: 'hour' | 'day',
  most: number,
): { index: number; name: string }[] {
  const days = by === 'day' ? starts.length : starts.length / 24;
  const steps = by === 'day' ? daySteps : hourSteps;
  const step = steps.find((each) => days / each.days <= most) ?? steps.at(-1);
  return starts.flatMap((start, index) => {
    if (step?.isMarked(new Date(start)) !== true) return [];
    const isDay = by === 'day' || start.slice(11, 16) === '00:00';
    return [{ index, name: isDay ? dayName(start) : start.slice(11, 16) }];
  });
}
