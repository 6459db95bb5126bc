const width = 84;
const height = 22;

interface SparklineProps {
  values: readonly number[];
  /** What the line shows, for who does not see it. */
  label: string;
}

/** A line as small as a word. */
export function Sparkline({ values, label }: SparklineProps) {
  const most = Math.max(...values, 1);
  const step = width / Math.max(values.length - 1, 1);
  const y = (value: number) => (height - 2 - (value / most) * (height - 4)).toFixed(1);
  // One day alone is a level, not a point that nobody sees.
  const shown = values.length === 1 ? [...values, ...values] : values;
  const points = shown.map((value, index) => `${(index * step).toFixed(1)},${y(value)}`).join(' ');
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    >
      <polygon points={`0,${height} ${points} ${width},${height}`} />
      <polyline points={points} />
    </svg>
  );
}
