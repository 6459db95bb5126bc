/** What became of one attempt. */
export type Outcome =
  | { readonly result: 'delivered'; readonly status: number }
  /** It may succeed later. */
  | {
      readonly result: 'failed';
      readonly status: number | null;
      readonly reason: string;
      /** The receiver asks for so much time; null when it does not. */
      readonly retryAfterSeconds: number | null;
    }
  /** It can never succeed as it is: a person has to change something. */
  | { readonly result: 'refused'; readonly status: number | null; readonly reason: string };

/** Refusals that are over by themselves: a slow request, one that came too early, too many. */
const passing = new Set([408, 425, 429]);

/** Longest pause that a receiver can ask for: what is longer is a slip. */
const maxRetryAfterSeconds = 6 * 3600;

/** Reads `Retry-After`, which is seconds or a date; null for anything else. */
export function retryAfterSeconds(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const seconds = /^\s*\d{1,9}\s*$/.test(header) ? Number(header) : (Date.parse(header) - nowMs) / 1000;
  if (!Number.isFinite(seconds)) return null;
  return Math.min(Math.max(Math.ceil(seconds), 0), maxRetryAfterSeconds);
}

/** What an answer means. @param word what the answer said, where that is one word such as Slack's `no_service` */
export function outcomeOf(
  { status, word, retryAfter }: { status: number; word: string | null; retryAfter: string | null },
  nowMs: number,
): Outcome {
  if (status >= 200 && status < 300) return { result: 'delivered', status };
  const said = `The destination answered ${status}${word === null ? '' : ` (${word})`}`;
  if (status >= 300 && status < 400)
    return {
      result: 'refused',
      status,
      reason: `${said}: redirects are not followed. Enter the address that it leads to.`,
    };
  if (status === 410)
    return {
      result: 'refused',
      status,
      reason: `${said}: it is gone. Delete the destination, or enter its new address.`,
    };
  if (status >= 400 && status < 500 && !passing.has(status))
    return {
      result: 'refused',
      status,
      reason: `${said}. Check its address and its secret, then queue the delivery again.`,
    };
  return {
    result: 'failed',
    status,
    reason: `${said}.`,
    retryAfterSeconds: retryAfterSeconds(retryAfter, nowMs),
  };
}
