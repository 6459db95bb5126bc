import { dayMs, dayName } from '../format/times';

const hourMs = dayMs / 24;

/** Marks of an axis of counts: from 0 in round steps, the last one at or above the largest count. */
export function countTicks(most: number): number[] {
  const rough = Math.max(most, 4) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(Math.max(most, 4) / step) + 1 }, (_, index) => index * step);
}

const steps = {
  day: [1, 2, 7, 14, 28, 91, 182, 364].map((days) => days * dayMs),
  hour: [1, 3, 6, 12, 24, 48, 168].map((hours) => hours * hourMs),
} as const;

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
  const length = (by === 'day' ? dayMs : hourMs) * starts.length;
  const step = steps[by].find((each) => length / each <= most) ?? steps[by].at(-1) ?? dayMs;
  return starts.flatMap((start, index) => {
    if (Date.parse(start) % step !== 0) return [];
    const isDay = by === 'day' || start.slice(11, 16) === '00:00';
    return [{ index, name: isDay ? dayName(start) : start.slice(11, 16) }];
  });
}
