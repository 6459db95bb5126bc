import { useEffect, useState } from 'preact/hooks';
import { type ApiProblem, asProblem } from './api-problem';
import { type Answer, type Rhythm, useAnswer } from './use-answer';

interface Page<Item> {
  items: readonly Item[];
  next: string | null;
}

/** A list, as far as it has been read. */
export interface List<Item> extends Omit<Answer<unknown>, 'data'> {
  /** Null before the first answer. */
  items: readonly Item[] | null;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore(): void;
}

/** So many items are kept while a list grows; then it begins anew. */
const maxKept = 1000;

/** Two parts of a list that may overlap. */
function join<Item>(first: readonly Item[], rest: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const keys = new Set(first.map(keyOf));
  return [...first, ...rest.filter((item) => !keys.has(keyOf(item)))];
}

/**
 * Reads a list page by page.
 * @param keyOf tells items apart, so that those of a page that is read again are not shown twice
 * @param rhythm how often its beginning is read again; new items then come before what is there
 */
export function useList<Item>(
  question: string,
  load: (cursor: string | null, signal?: AbortSignal) => Promise<Page<Item>>,
  keyOf: (item: Item) => string,
  rhythm: Rhythm = {},
): List<Item> {
  const [list, setList] = useState<{ question: string; items: readonly Item[]; next: string | null }>();
  const [moreProblem, setMoreProblem] = useState<ApiProblem | null>(null);
  const [isLoadingMore, setIsLoadingMore] = useState(false);
  const first = useAnswer(question, async (signal) => ({ question, ...(await load(null, signal)) }), rhythm);

  // Dependencies: only another answer changes the list
  useEffect(() => {
    const { data } = first;
    if (data === null) return;
    setMoreProblem(null);
    setList((known) => {
      if (known?.question !== data.question || !rhythm.everySeconds) return data;
      const keys = new Set(known.items.map(keyOf));
      // Where more has come than a page holds, there would be a gap between both.
      const overlaps = data.items.some((item) => keys.has(keyOf(item)));
      if (!overlaps || known.items.length > maxKept) return data;
      return { ...known, items: join(data.items, known.items, keyOf) };
    });
  }, [first.data]);

  async function loadMore(): Promise<void> {
    if (!list?.next || isLoadingMore) return;
    setIsLoadingMore(true);
    setMoreProblem(null);
    try {
      const page = await load(list.next);
      setList((known) =>
        known?.question === list.question
          ? { ...known, items: join(known.items, page.items, keyOf), next: page.next }
          : known,
      );
    } catch (error) {
      setMoreProblem(asProblem(error));
    }
    setIsLoadingMore(false);
  }

  return {
    items: list?.items ?? null,
    problem: first.problem ?? moreProblem,
    isStale: first.isStale || list?.question !== question,
    reload: first.reload,
    hasMore: Boolean(list?.next),
    isLoadingMore,
    loadMore,
  };
}
