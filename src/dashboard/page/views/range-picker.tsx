import { changeQuery } from '../browser/location';
import { dayOf } from '../format/times';
import { Segments } from '../parts/segments';
import { ranges, type TimeRange } from './time-range';

/** Chooses the days that a view is about. */
export function RangePicker({ range, from, to }: TimeRange) {
  const today = dayOf(Date.now());
  return (
    <>
      <Segments
        label="Days"
        options={ranges}
        value={range}
        onChoose={(chosen) =>
          changeQuery({
            range: chosen,
            from: chosen === 'own' ? from : null,
            to: chosen === 'own' ? to : null,
          })
        }
      />
      {range === 'own' && (
        <span class="own-range">
          <input
            type="date"
            aria-label="First day"
            value={from ?? ''}
            max={to}
            onChange={({ currentTarget }) => changeQuery({ from: currentTarget.value })}
          />
          –
          <input
            type="date"
            aria-label="Last day"
            value={to}
            max={today}
            onChange={({ currentTarget }) => changeQuery({ to: currentTarget.value })}
          />
        </span>
      )}
    </>
  );
}
