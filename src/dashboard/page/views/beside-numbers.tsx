import { type Counter, helpOf } from '../../../statistics/counter-table';
import type { Counters, Rates } from '../api/answers';
import { exactCount, percent } from '../format/numbers';

/** What is counted apart from mail, in words. */
const apart = [
  ['webhookFailures', 'failed callback', 'failed callbacks'],
  ['forwarded', 'event of a forwarded copy', 'events of forwarded copies'],
  ['tests', 'event of a test', 'events of tests'],
] as const satisfies readonly (readonly [Counter, string, string])[];

/** What one must know of the rates above: how much of the mail can complain, and what they leave out. */
export function BesideNumbers({ totals, rates }: { totals: Counters; rates: Rates }) {
  const leftOut = apart.filter(([counter]) => totals[counter] > 0);
  return (
    <p class="muted beside">
      {rates.complaintCoverage !== null && (
        <span title={helpOf('complaintCoverage')}>
          Complaints can come from <span class="tabular">{percent(rates.complaintCoverage)}</span> of the
          delivered mail{rates.complaintCoverage < 1 && ': the other providers report none'}.{' '}
        </span>
      )}
      {leftOut.length > 0 && (
        <>
          Counted apart:{' '}
          {leftOut.map(([counter, one, many], index) => (
            <span key={counter} title={helpOf(counter)}>
              {index > 0 && ', '}
              {exactCount(totals[counter])} {totals[counter] === 1 ? one : many}
            </span>
          ))}
          .
        </>
      )}
    </p>
  );
}
