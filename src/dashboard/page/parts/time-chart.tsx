import { useEffect, useRef, useState } from 'preact/hooks';
import { compact, exactCount } from '../format/numbers';
import { dayMs, dayName } from '../format/times';
import { countTicks, timeTicks } from './chart-ticks';

export interface Series {
  name: string;
  /** Name of its colour in the style sheet. */
  color: string;
  values: readonly number[];
}

interface TimeChartProps {
  /** What the chart shows, in a sentence, for who does not see it. */
  label: string;
  by: 'hour' | 'day';
  /** Beginnings of the spans, ISO, without gaps. */
  starts: readonly string[];
  series: readonly Series[];
  kind?: 'lines' | 'bars';
  height?: number;
}

/** Room around the drawing, in pixels: for the counts, for the times, and for a line at the very edge. */
const room = { left: 48, right: 14, top: 12, bottom: 26 };
/** Width that the name of a time takes with the room around it, and half of the name alone. */
const nameWidth = 76;
const halfName = 24;

function nameOf(start: string, by: 'hour' | 'day'): string {
  return by === 'day' ? dayName(start) : `${dayName(start)}, ${start.slice(11, 16)} UTC`;
}

/** The width of an element, also after it has changed. */
function useWidth() {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}

function highestValue(series: readonly Series[]): number {
  return Math.max(0, ...series.flatMap(({ values }) => values));
}

function highestPile(series: readonly Series[]): number {
  const [first] = series;
  const piles = first?.values.map((_, index) =>
    series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0),
  );
  return Math.max(0, ...(piles ?? []));
}

interface Scale {
  /** Where the middle of a span is, in pixels. */
  x: (index: number) => number;
  y: (count: number) => number;
  /** Width of a span in pixels. */
  step: number;
}

function Line({ series, scale, isOpen }: { series: Series; scale: Scale; isOpen: boolean }) {
  const { x, y } = scale;
  const { values, color } = series;
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  const base = y(0);
  return (
    <g class={`color-${color}`}>
      <polygon
        class="chart-area"
        points={`${x(0)},${base} ${points.join(' ')} ${x(values.length - 1)},${base}`}
      />
      <polyline class="chart-line" points={(isOpen ? points.slice(0, -1) : points).join(' ')} />
      {isOpen && <polyline class="chart-line is-open" points={points.slice(-2).join(' ')} />}
      {values.length === 1 && <circle cx={x(0)} cy={y(values[0] ?? 0)} r="3" class="chart-point" />}
    </g>
  );
}

/** Bars of all series, one upon the other. */
function Bars({ series, scale }: { series: readonly Series[]; scale: Scale }) {
  const { x, y, step } = scale;
  const width = Math.min(28, step * 0.7);
  const below = new Map<number, number>();
  return (
    <>
      {series.map(({ name, color, values }) => (
        <g key={name} class={`color-${color}`}>
          {values.map((value, index) => {
            const base = below.get(index) ?? 0;
            below.set(index, base + value);
            const top = y(base + value);
            return (
              value > 0 && (
                <rect
                  key={index}
                  class="chart-point"
                  x={x(index) - width / 2}
                  y={top}
                  width={width}
                  height={y(base) - top}
                />
              )
            );
          })}
        </g>
      ))}
    </>
  );
}

/** Counts over time, with the numbers of the span that is pointed at, and all of them as a table. */
export function TimeChart({ label, by, starts, series, kind = 'lines', height = 250 }: TimeChartProps) {
  const { element, width } = useWidth();
  const [pointed, setPointed] = useState<number | null>(null);
  const ticks = countTicks(kind === 'bars' ? highestPile(series) : highestValue(series));
  const inner = Math.max(width - room.left - room.right, 1);
  const bottom = height - room.bottom;
  const step = kind === 'bars' ? inner / starts.length : inner / Math.max(starts.length - 1, 1);
  const shift = kind === 'bars' ? step / 2 : starts.length === 1 ? inner / 2 : 0;
  const scale: Scale = {
    step,
    x: (index) => room.left + shift + index * step,
    y: (count) => bottom - (count / (ticks.at(-1) ?? 1)) * (bottom - room.top),
  };
  const lastStart = Date.parse(starts.at(-1) ?? '');
  // What is still under way is no fall in numbers.
  const isOpen = starts.length > 1 && Date.now() < lastStart + (by === 'day' ? dayMs : dayMs / 24);
  // A shorter answer may have come since.
  const index = pointed === null ? null : Math.min(pointed, starts.length - 1);
  const start = index === null ? undefined : starts[index];

  function point(event: PointerEvent): void {
    const left = event.clientX - (element.current?.getBoundingClientRect().left ?? 0);
    const nearest = Math.round((left - room.left - shift) / step);
    setPointed(Math.max(0, Math.min(starts.length - 1, nearest)));
  }

  return (
    <figure class="chart">
      <div
        ref={element}
        style={{ height: `${height}px` }}
        onPointerMove={point}
        onPointerLeave={() => setPointed(null)}
      >
        {width > 0 && starts.length > 0 && (
          <svg width={width} height={height} role="img" aria-label={label}>
            {ticks.map((tick) => (
              <g key={tick}>
                <line
                  class="chart-grid"
                  x1={room.left}
                  x2={width - room.right}
                  y1={scale.y(tick)}
                  y2={scale.y(tick)}
                />
                <text x={room.left - 10} y={scale.y(tick)} dy="0.35em" text-anchor="end">
                  {compact(tick)}
                </text>
              </g>
            ))}
            {timeTicks(starts, by, inner / nameWidth).map((tick) => (
              <text
                key={tick.index}
                x={Math.max(halfName, Math.min(scale.x(tick.index), width - halfName))}
                y={height - 6}
                text-anchor="middle"
              >
                {tick.name}
              </text>
            ))}
            {kind === 'bars' ? (
              <Bars series={series} scale={scale} />
            ) : (
              series.map((each) => <Line key={each.name} series={each} scale={scale} isOpen={isOpen} />)
            )}
            {index !== null && kind === 'lines' && (
              <>
                <line
                  class="chart-cursor"
                  x1={scale.x(index)}
                  x2={scale.x(index)}
                  y1={room.top}
                  y2={bottom}
                />
                {series.map(({ name, color, values }) => (
                  <circle
                    key={name}
                    class={`chart-point color-${color}`}
                    cx={scale.x(index)}
                    cy={scale.y(values[index] ?? 0)}
                    r="3.5"
                  />
                ))}
              </>
            )}
          </svg>
        )}
      </div>
      {index !== null && start !== undefined && (
        <div
          class={scale.x(index) > width / 2 ? 'tooltip is-right' : 'tooltip'}
          style={{ left: `${scale.x(index)}px` }}
          aria-hidden="true"
        >
          <strong>
            {nameOf(start, by)}
            {isOpen && index === starts.length - 1 && <span class="muted"> so far</span>}
          </strong>
          {series.map(({ name, color, values }) => (
            <span key={name}>
              <i class={`dot color-${color}`} />
              {name}
              <b class="tabular">{exactCount(values[index] ?? 0)}</b>
            </span>
          ))}
        </div>
      )}
      <details class="as-table">
        <summary>As a table</summary>
        <div class="table-frame">
          <table>
            <caption class="hidden">{label}</caption>
            <thead>
              <tr>
                <th scope="col">{by === 'day' ? 'Day (UTC)' : 'Hour (UTC)'}</th>
                {series.map(({ name }) => (
                  <th key={name} scope="col" class="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {starts.map((each, row) => (
                <tr key={each}>
                  <th scope="row">{nameOf(each, by)}</th>
                  {series.map(({ name, values }) => (
                    <td key={name} class="number">
                      {exactCount(values[row] ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
