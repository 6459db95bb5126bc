import type { List } from '../api/use-list';

/** The end of a list that goes on. */
export function LoadMore({
  list,
  name,
}: {
  list: Pick<List<unknown>, 'hasMore' | 'isLoadingMore' | 'loadMore'>;
  name: string;
}) {
  if (!list.hasMore) return null;
  return (
    <p class="load-more">
      <button type="button" class="button" onClick={list.loadMore} disabled={list.isLoadingMore}>
        {list.isLoadingMore ? 'Loading …' : `More ${name}`}
      </button>
    </p>
  );
}
