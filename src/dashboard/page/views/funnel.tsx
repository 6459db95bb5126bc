import type { Counters, Rates } from '../api/answers';
import { percent } from '../format/numbers';
import { Count } from '../parts/amount';

/** From sent to clicked: how many are left at each step. */
export function Funnel({ counts, rates }: { counts: Counters; rates: Rates }) {
  const { accepted, delivered, uniqueOpens, uniqueClicks } = counts;
  // A sender that does not have "accepted" reported begins with what was decided.
  const begin = Math.max(accepted, delivered + counts.permanentFailures, 1);
  const steps = [
    { name: 'Sent', count: accepted, color: 'sent', note: '' },
    {
      name: 'Delivered',
      count: delivered,
      color: 'delivered',
      note: `${percent(rates.delivery)} of decided`,
    },
    { name: 'Opened', count: uniqueOpens, color: 'opened', note: `${percent(rates.open)} of delivered` },
    {
      name: 'Clicked',
      count: uniqueClicks,
      color: 'clicked',
      note: `${percent(rates.click)} of delivered, ${percent(rates.clickToOpen)} of opened`,
    },
  ];
  return (
    <ol class="funnel">
      {steps.map(({ name, count, color, note }) => (
        <li key={name}>
          <span class="funnel-name">{name}</span>
          <span class="funnel-track">
            <span class={`funnel-bar color-${color}`} style={{ width: `${(count / begin) * 100}%` }} />
          </span>
          <span class="funnel-count">
            <Count of={count} />
          </span>
          <span class="muted">{note}</span>
        </li>
      ))}
    </ol>
  );
}
