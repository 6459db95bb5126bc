import { createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import type { SigningKey } from '../settings/settings';

/**
 * What Mailgun signs with. All samples of the token are 50 hex characters, but older ones differ, so only
 * its length is bounded. The timestamp may come as a number; the text of it is what was signed.
 */
const timestamp = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.transform(String))]),
  v.regex(/^\d{1,12}$/),
);
const hexDigest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/i));

const signatureBlock = v.object({
  timestamp,
  token: v.pipe(v.string(), v.regex(/^.{1,256}$/s)),
  signature: v.optional(v.fallback(v.nullable(hexDigest), null), null),
  'parent-signature': v.optional(v.fallback(v.nullable(hexDigest), null), null),
});

/** A signature block of the right shape. Nothing is known of its truth yet. */
export type SignatureBlock = v.InferOutput<typeof signatureBlock>;

const verified = Symbol('verified');

/** A signature that one of the owner's keys made. Only {@link verifySignature} gives it. */
export interface VerifiedSignature {
  readonly [verified]: true;
  /** Seconds since 1970 at which Mailgun signed. */
  readonly signedAt: number;
  readonly token: string;
  /** Position of the key that made it, from 1: of several it tells which is still in use. */
  readonly signingKey: number;
  /** The domains that this key may sign for; null: any. */
  readonly domains: readonly string[] | null;
}

/** @returns null when a part is missing, malformed or of the wrong type */
export function readSignature(value: unknown): SignatureBlock | null {
  const result = v.safeParse(signatureBlock, value);
  return result.success ? result.output : null;
}

function isMadeBy(key: string, block: SignatureBlock): boolean {
  // Mailgun: HMAC-SHA256 over timestamp and token without a separator. The body is not covered.
  const expected = createHmac('sha256', key).update(block.timestamp).update(block.token).digest();
  const candidates = [block.signature, block['parent-signature']];
  // The shape was checked, so both are 32 bytes and the comparison cannot throw.
  return candidates.some((hex) => hex !== null && timingSafeEqual(expected, Buffer.from(hex, 'hex')));
}

/**
 * Checks a signature against every key: there are several during a rotation and for several accounts.
 * For a subaccount's event `parent-signature` is made with the primary account's key.
 * @returns null when no key made it
 */
export function verifySignature(
  block: SignatureBlock,
  keys: readonly SigningKey[],
): VerifiedSignature | null {
  const index = keys.findIndex(({ key }) => isMadeBy(key, block));
  const found = keys[index];
  if (found === undefined) return null;
  const { domains } = found;
  const signedAt = Number(block.timestamp);
  return { [verified]: true, signedAt, token: block.token, signingKey: index + 1, domains };
}

/**
 * Whether a signature may be under an event of a domain. A name that a key is bound to stands for the names below it
 * too: the owner of `example.com` also has `mg.example.com`. An event of which no domain is known is nobody's: a bound
 * key may not sign it, or it could say what it likes of everybody's recipients by leaving its own name out.
 */
export function maySign({ domains }: VerifiedSignature, domain: string | null): boolean {
  if (domains === null) return true;
  return domain !== null && domains.some((own) => domain === own || domain.endsWith(`.${own}`));
}

/** How far in the future a signature may lie: clocks differ. */
const maxClockSkewSeconds = 300;

/**
 * Whether a signature is made later than it can be by our clock. As a rule it is our clock that is behind, so it is
 * asked for again later: a retry costs nothing, a refusal for good the event.
 * @param signedAt in seconds since 1970
 */
export function isAhead(signedAt: number, nowSeconds: number): boolean {
  return signedAt > nowSeconds + maxClockSkewSeconds;
}

/**
 * Whether a signature is of our time. The window must span Mailgun's eight hours of retries, which may
 * carry the signature of the first attempt; replays inside it are caught by the token.
 * @param signedAt in seconds since 1970
 */
export function isFresh(signedAt: number, nowSeconds: number, maxAgeSeconds: number): boolean {
  return signedAt >= nowSeconds - maxAgeSeconds && !isAhead(signedAt, nowSeconds);
}
