/** Shortest and longest time until a bucket is counted again. */
const minPauseMs = 2000;
const maxPauseMs = 3_600_000;

/**
 * When to count a bucket again whose events had not all had their effects: how long these took is known only then. As
 * long again as the oldest of them waits already, so that one that is stuck for hours is not asked for all the time.
 * @param pendingSince when the oldest of them was received, ISO; null when there is none
 * @param now milliseconds since 1970
 * @returns an ISO time, null for never
 */
export function recountTimeOf(pendingSince: string | null, now: number): string | null {
  if (pendingSince === null) return null;
  const waitedMs = now - Date.parse(pendingSince);
  return new Date(now + Math.min(Math.max(waitedMs, minPauseMs), maxPauseMs)).toISOString();
}
