import type { Connection } from '../connection';

/** How the clock of a platform takes a job that is to start at a time. */
export const otherClocks: Record<
  'atOnce' | 'never' | 'refused',
  (connection: Connection) => Connection['runAt']
> = {
  atOnce: (connection) => (_, payload, worker) => connection.enqueue(worker, payload),
  never: () => async () => null,
  refused: () => async () => {
    throw new Error('There is no runAt.');
  },
};
