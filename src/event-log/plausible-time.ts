const dayMs = 86_400_000;
/** How far an event may lie ahead of its arrival: clocks differ. */
const maxAheadMs = dayMs;
/** How old an event may be when it comes in. Mailgun itself keeps events for a month; its test buttons send years. */
const maxAgeMs = 366 * dayMs;

/**
 * When an event happened, or came in where it says a time that cannot be. The log stores this time, and everything
 * goes by it: one of the year 2100 would lead every list for ever, be the last event of its campaign and its address,
 * and stretch every chart.
 * @param occurredAt ISO time that the event says
 * @param receivedAt ISO time at which its first copy came in
 */
export function plausibleTime(occurredAt: string, receivedAt: string): string {
  const ageMs = Date.parse(receivedAt) - Date.parse(occurredAt);
  return ageMs > maxAgeMs || ageMs < -maxAheadMs ? receivedAt : occurredAt;
}
