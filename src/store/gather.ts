/** What one call for several items brings: the result of each. */
type Results<Item, Result> = (item: Item) => Result;

interface Gathered<Item, Result> {
  readonly items: Item[];
  readonly results: Promise<Results<Item, Result>>;
}

/** Most items of one call to storage. */
const mostItems = 100;

/**
 * Makes one call of what several ask for at about the same time: workers that run beside each other read, mark and
 * write alike. Whoever asks waits for the shared call and fails with it, so that nobody relies on what was not done; a
 * worker that runs alone makes the call alone.
 * @param call is given the connection of whoever asked first
 */
export function gather<Connection, Item, Result>(
  call: (connection: Connection, items: readonly Item[]) => Promise<Results<Item, Result>>,
): (connection: Connection, item: Item) => Promise<Result> {
  let open: Gathered<Item, Result> | null = null;

  const begin = (connection: Connection): Gathered<Item, Result> => {
    const items: Item[] = [];
    const isOver = new Promise<void>((resolve) => setImmediate(resolve));
    const results = isOver.then(() => {
      if (open?.items === items) open = null;
      return call(connection, items);
    });
    return { items, results };
  };

  return async (connection, item) => {
    if (open === null || open.items.length >= mostItems) open = begin(connection);
    const { items, results } = open;
    items.push(item);
    return (await results)(item);
  };
}
