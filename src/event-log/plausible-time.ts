const dayMs = 86_400_000;
/** How far an event may lie ahead of its arrival: clocks differ. */
const maxAheadMs = dayMs;
/** How old an event may be when it comes in. Mailgun itself keeps events for a month; its test buttons send years. */
const maxAgeMs = 366 * dayMs;

/**
 * When an event happened, or came in where it says a time that cannot be: one of the year 2100 must not be the last
 * event of a campaign for ever.
 * @returns an ISO time
 */
export function plausibleTime(event: { occurredAt: string; receivedAt: string }): string {
  const ageMs = Date.parse(event.receivedAt) - Date.parse(event.occurredAt);
  return ageMs > maxAgeMs || ageMs < -maxAheadMs ? event.receivedAt : event.occurredAt;
}

/** The latest time that an event may say to be of, when it comes in now. @returns an ISO time */
export function latestPlausibleTime(nowMs: number): string {
  return new Date(nowMs + maxAheadMs).toISOString();
}
