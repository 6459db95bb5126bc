import { useEffect, useState } from 'preact/hooks';
import { counted } from '../format/numbers';
import { announce } from '../parts/announce';

interface Known {
  question: string;
  keys: ReadonlySet<string>;
  fresh: ReadonlySet<string>;
}

/**
 * Notices what came into a list while somebody looked at it, and says so to a screen reader.
 * @param keys of the items, the newest first; null while they are not the answer to this question
 * @returns the keys of those that came with the last change
 */
export function useArrivals(question: string, keys: readonly string[] | null): ReadonlySet<string> {
  const [known, setKnown] = useState<Known | null>(null);
  const content = keys === null ? null : keys.join('\n');

  // Dependencies: content says what the keys are
  useEffect(() => {
    if (keys === null) return;
    const before = known?.question === question ? known.keys : null;
    // What stands behind everything known was there before and is only now looked at.
    const lastKnown = before === null ? -1 : keys.findLastIndex((key) => before.has(key));
    const fresh = before === null ? [] : keys.slice(0, lastKnown).filter((key) => !before.has(key));
    if (fresh.length > 0) announce(`${counted(fresh.length, 'new event')}`);
    setKnown({ question, keys: new Set(keys), fresh: new Set(fresh) });
  }, [question, content]);

  return known?.question === question ? known.fresh : new Set();
}
