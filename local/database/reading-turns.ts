import { setImmediate } from 'node:timers';

/** How long, in milliseconds, batches are read one after the other before the event loop gets its turn. */
const longestTurn = 2;

/** Until when batches are read at once in this turn of the event loop; undefined while none was read in it. */
let until: number | undefined;
/** Who waits to read a batch, the first come first. */
const waiting: (() => void)[] = [];

function open(): void {
  if (until !== undefined) return;
  until = performance.now() + longestTurn;
  setImmediate(() => {
    until = undefined;
    const first = waiting.shift();
    if (first === undefined) return;
    open();
    first();
  });
}

/**
 * Waits until it is one's turn to read a batch. All streams of the process share these turns: with turns of their own, a
 * hundred long readings would leave a hundred batches between two steps of a webhook.
 */
export function turnToRead(): Promise<void> {
  const isFree = waiting.length === 0 && (until === undefined || performance.now() < until);
  open();
  return isFree ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
}
