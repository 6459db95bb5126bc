import type { Counters } from '../api/answers';
import { TimeChart } from '../parts/time-chart';
import { interests } from './numbers-of-interest';

interface ActivityChartProps {
  by: 'hour' | 'day';
  spans: readonly { start: string; counts: Counters }[];
  /** Counters. */
  shown: readonly string[];
}

/** The chosen numbers over time. */
export function ActivityChart({ by, spans, shown }: ActivityChartProps) {
  const chosen = interests.filter(({ counter }) => shown.includes(counter));
  const names = chosen.map(({ name }) => name.toLowerCase()).join(', ');
  return (
    <TimeChart
      label={`Messages ${names} by ${by}, ${spans.length} ${by}s`}
      by={by}
      starts={spans.map(({ start }) => start)}
      series={chosen.map(({ name, color, counter }) => ({
        name,
        color,
        values: spans.map(({ counts }) => counts[counter]),
      }))}
    />
  );
}
