/** How far in the future a signature may lie, in seconds: clocks differ. */
const clockSkew = 300;

/**
 * Whether a signature is of our time. The window must span Mailgun's eight hours of retries, which may
 * carry the signature of the first attempt; replays inside it are caught by the token.
 * @param signedAt and now in seconds since 1970
 */
export function isFresh(signedAt: number, now: number, maxAgeSeconds: number): boolean {
  return signedAt >= now - maxAgeSeconds && signedAt <= now + clockSkew;
}
