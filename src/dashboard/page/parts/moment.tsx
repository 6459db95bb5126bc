import { useNow } from '../browser/now';
import { ago, dayAndHour, exactTime, isWithinDay } from '../format/times';

/** A time as people say it, with the exact one on hover. */
export function Moment({ at, none = '–' }: { at: string | null; none?: string }) {
  const now = useNow();
  if (at === null) return <span class="muted">{none}</span>;
  return (
    <time dateTime={at} title={exactTime(at)}>
      {ago(at, now)}
    </time>
  );
}

/** A time in a list of events: as people say it on the same day, then with its hour, for their order. */
export function EventMoment({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={exactTime(at)}>
      {isWithinDay(at, now) ? ago(at, now) : dayAndHour(at, now)}
    </time>
  );
}

/**
 * A time in a story, where the order of seconds matters.
 * @param after the time before it in the story: on the same day the day is not said again
 */
export function ExactMoment({ at, after }: { at: string; after?: string | undefined }) {
  const exact = exactTime(at);
  return (
    <time dateTime={at} class="tabular" title={exact}>
      {after?.slice(0, 10) === at.slice(0, 10) ? exact.slice(11) : exact}
    </time>
  );
}
