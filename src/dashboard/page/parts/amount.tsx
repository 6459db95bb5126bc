import { compact, exactCount, percent } from '../format/numbers';

/** A count, with the exact one on hover where it is shortened. */
export function Count({ of }: { of: number }) {
  const shown = compact(of);
  const exact = exactCount(of);
  if (of === 0) return <span class="tabular muted">0</span>;
  return (
    <span class="tabular" title={shown === exact ? undefined : exact}>
      {shown}
    </span>
  );
}

/** A share with its numbers on hover. */
export function Share({ of, part, whole }: { of: number | null; part?: number; whole?: number }) {
  const title =
    part === undefined || whole === undefined ? undefined : `${exactCount(part)} of ${exactCount(whole)}`;
  return (
    <span class={of === null || of === 0 ? 'tabular muted' : 'tabular'} title={title}>
      {percent(of)}
    </span>
  );
}
