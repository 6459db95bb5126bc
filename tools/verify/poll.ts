import { setTimeout as pause } from 'node:timers/promises';

/** Between two looks. A free plan allows sixty calls a minute. */
const interval = 1000;

/**
 * Looks until something is found.
 * @param look the finding, or null when it is not there yet
 * @param until when to give up, by `performance.now()`
 */
export async function poll<Found>(look: () => Promise<Found | null>, until: number): Promise<Found | null> {
  for (;;) {
    const found = await look();
    if (found !== null || performance.now() >= until) return found;
    await pause(interval);
  }
}
