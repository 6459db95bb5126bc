/** What one call for several items brings: the result of each. */
type Results<Item, Result> = (item: Item) => Result;

interface Batch<Item, Result> {
  readonly items: Item[];
  readonly results: Promise<Results<Item, Result>>;
}

/** Most items of one batch. */
const maxBatchSize = 100;

/**
 * Batches calls (as DataLoader does): what several callers ask for in the same turn of the event loop becomes one
 * call. Workers that run beside each other read, mark and write alike. Each caller waits for the shared call
 * and fails with it, so that nobody relies on what was not done. A worker that runs alone makes the call alone.
 * @param call is given the connection of the first caller
 */
export function batched<Connection, Item, Result>(
  call: (connection: Connection, items: readonly Item[]) => Promise<Results<Item, Result>>,
): (connection: Connection, item: Item) => Promise<Result> {
  let open: Batch<Item, Result> | null = null;

  const begin = (connection: Connection): Batch<Item, Result> => {
    const items: Item[] = [];
    const isTurnOver = new Promise<void>((resolve) => setImmediate(resolve));
    const results = isTurnOver.then(() => {
      if (open?.items === items) open = null;
      return call(connection, items);
    });
    return { items, results };
  };

  return async (connection, item) => {
    if (open === null || open.items.length >= maxBatchSize) open = begin(connection);
    const { items, results } = open;
    items.push(item);
    return (await results)(item);
  };
}
