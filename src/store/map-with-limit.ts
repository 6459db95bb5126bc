/** Calls to storage that are under way at once: enough to share round trips, few enough for any platform. */
const maxConcurrentCalls = 25;

/** Maps many items by an asynchronous function, at most 25 at a time. @returns the results in the items' order */
export async function mapWithLimit<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += maxConcurrentCalls) {
    results.push(...(await Promise.all(items.slice(start, start + maxConcurrentCalls).map(map))));
  }
  return results;
}
