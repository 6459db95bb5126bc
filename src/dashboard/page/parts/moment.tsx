import { ago, exactTime } from '../format/times';
import { useNow } from '../shell/now';

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

/** A time in a story, where the order of seconds matters. */
export function ExactMoment({ at }: { at: string }) {
  return (
    <time dateTime={at} class="tabular">
      {exactTime(at)}
    </time>
  );
}
