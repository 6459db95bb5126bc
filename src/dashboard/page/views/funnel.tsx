import type { Counters, Rates } from '../api/answers';
import { percent } from '../format/numbers';
import { Count } from '../parts/amount';

/** From sent to clicked: how many are left at each step. */
export function Funnel({ counts, rates }: { counts: Counters; rates: Rates }) {
  const { accepted, delivered, uniqueOpens, uniqueClicks } = counts;
  // A sender that does not have "accepted" reported begins with what was decided.
  const begin = Math.max(accepted, counts.processed, uniqueOpens, uniqueClicks, 1);
  const steps = [
    { name: 'Accepted', count: accepted, color: 'sent', rate: null, of: '' },
    { name: 'Delivered', count: delivered, color: 'delivered', rate: rates.delivery, of: 'of sent' },
    { name: 'Opened', count: uniqueOpens, color: 'opened', rate: rates.uniqueOpen, of: 'of delivered' },
    { name: 'Clicked', count: uniqueClicks, color: 'clicked', rate: rates.uniqueClick, of: 'of delivered' },
  ];
  return (
    <ol class="funnel">
      {steps.map(({ name, count, color, rate, of }) => (
        <li key={name}>
          <span class="funnel-name">{name}</span>
          <span class="funnel-track">
            <span class={`funnel-bar color-${color}`} style={{ width: `${(count / begin) * 100}%` }} />
          </span>
          <span class="funnel-count">
            <Count of={count} />
          </span>
          <span class="muted">
            {of !== '' && (
              <>
                <span class="tabular strong">{percent(rate)}</span> <span class="wide">{of}</span>
              </>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
