/** How far in the future a signature may lie, in seconds: clocks differ. */
const clockSkewSeconds = 300;

/**
 * Whether a signature is of our time. The window must span Mailgun's eight hours of retries, which may
 * carry the signature of the first attempt; replays inside it are caught by the token.
 * @param signedAt and now in seconds since 1970
 */
export function isFresh(signedAt: number, now: number, maxAgeSeconds: number): boolean {
  return signedAt >= now - maxAgeSeconds && !isAhead(signedAt, now);
}

/**
 * Whether a signature is made later than it can be by our clock. As a rule it is our clock that is behind, so it is
 * asked for again later: a retry costs nothing, a refusal for good the event.
 * @param signedAt and now in seconds since 1970
 */
export function isAhead(signedAt: number, now: number): boolean {
  return signedAt > now + clockSkewSeconds;
}
