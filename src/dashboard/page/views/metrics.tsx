import { useContext } from 'preact/hooks';
import { helpOf } from '../../../statistics/counter-table';
import type { Counters, Rates, Summary } from '../api/answers';
import { RulesContext } from '../api/rules-context';
import { changeOfCount, changeOfRate, compact, exactCount, percent } from '../format/numbers';
import { judge } from '../parts/judged-share';
import { LevelMark } from '../parts/level-mark';
import { type Interest, interests } from './numbers-of-interest';

interface MetricsProps {
  totals: Counters;
  rates: Rates;
  /** Against the span before. */
  change?: Summary['change'];
  /** Which of them the chart below shows, by counter. */
  shown: readonly string[];
  onToggle: (counter: string) => void;
}

function Change({ interest, change }: { interest: Interest; change: NonNullable<Summary['change']> }) {
  const ofCount = change.totals[interest.counter];
  if (ofCount === null || ofCount === undefined) return <span class="muted">–</span>;
  const ofRate = interest.rate === null ? null : change.rates[interest.rate.name];
  const isWorse = ofCount > 0 === (interest.more === 'bad');
  const tone =
    interest.more === 'neither' || Math.abs(ofCount) < 0.0005 ? 'muted' : isWorse ? 'tone-bad' : 'tone-good';
  const points = ofRate === null || ofRate === undefined ? '' : `; its rate ${changeOfRate(ofRate)}`;
  return (
    <span class={`tabular ${tone}`} title={`Against the span before${points}`}>
      {ofCount > 0 ? '↑' : ofCount < 0 ? '↓' : ''} {changeOfCount(ofCount)}
    </span>
  );
}

/** The numbers that matter, each of which the chart shows or hides. */
export function Metrics({ totals, rates, change = null, shown, onToggle }: MetricsProps) {
  const { rules } = useContext(RulesContext);
  const levelOf = (name: string | undefined) =>
    judge(rules.find((rule) => rule.name === name) ?? null, totals)?.level ?? null;
  return (
    <fieldset class="metrics">
      <legend class="hidden">Numbers; press one to show or hide it in the chart</legend>
      {interests.map((interest) => {
        const { name, counter, rate, color } = interest;
        const level = levelOf(interest.rule);
        const meaning = [helpOf(counter), rate === null ? '' : `${rate.name}: ${helpOf(rate.name)}`].join(
          ' ',
        );
        return (
          <button
            key={counter}
            type="button"
            class="metric"
            aria-pressed={shown.includes(counter)}
            title={`${exactCount(totals[counter])}. ${meaning.trim()}`}
            onClick={() => onToggle(counter)}
          >
            <span class="metric-name">
              <i class={`dot color-${color}`} />
              {name}
            </span>
            <span class="metric-count tabular">{compact(totals[counter])}</span>
            <span class="metric-more">
              {rate !== null && (
                <span
                  class={
                    level === null
                      ? 'tabular'
                      : `tabular judged ${level === 'critical' ? 'tone-bad' : 'tone-warn'}`
                  }
                >
                  {level !== null && <LevelMark level={level} />}
                  {percent(rates[rate.name])}
                </span>
              )}
              {change !== null && <Change interest={interest} change={change} />}
            </span>
          </button>
        );
      })}
    </fieldset>
  );
}

/** The numbers that are shown without being asked for. */
export const usuallyShown = ['delivered', 'uniqueOpens', 'uniqueClicks'];

/** The choice after one of the numbers was pressed; at least one stays. */
export function toggled(shown: readonly string[], counter: string): string[] {
  const rest = shown.filter((name) => name !== counter);
  if (rest.length === shown.length) return [...shown, counter];
  return rest.length === 0 ? [...shown] : rest;
}

/** Which numbers a query asks for. */
export function shownBy(query: string | undefined): string[] {
  const names = (query ?? '').split(',').filter((name) => interests.some(({ counter }) => counter === name));
  return names.length === 0 ? usuallyShown : names;
}
