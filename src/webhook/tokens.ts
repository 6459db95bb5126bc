import * as v from 'valibot';
import { shortHash } from '../events/key';
import { Collection } from '../store/collection';
import type { Connection } from '../store/connection';

const storedToken = v.object({ contents: v.array(v.string()) });

/** Fingerprints of the contents that came with a token, null when none is known. */
function contentsOf(document: unknown): string[] | null {
  const result = v.safeParse(storedToken, document);
  return result.success && result.output.contents.length > 0 ? result.output.contents : null;
}

/** Tokens that were used, under the time of their signature and their hash. */
export const tokens = new Collection<{ _id: string } & v.InferOutput<typeof storedToken>, string[] | null>(
  'webhook_tokens',
  contentsOf,
);

/** What tells one signature from all others. Both parts were signed, so that nobody can pair them anew. */
export interface SignedToken {
  /** Seconds since 1970. */
  readonly signedAt: number;
  readonly token: string;
}

/** Ids begin with the time: what is signed at about the same time stands together, and goes together. */
function timePrefix(signedAt: number): string {
  return `${String(Math.trunc(signedAt)).padStart(12, '0')}:`;
}

/**
 * Binds a token to the content that it came with first. The signature does not cover the body, so this is
 * what stops a captured signature from carrying a forged event; a retry with the same content passes.
 *
 * The first element of an ordered set is the winner: `$addToSet` never moves it, in whatever order and
 * however often requests come. The key-value store could not do this: it has no conditional write.
 * @param fingerprint of the content
 * @returns whether the token belongs to this content
 */
export async function claimToken(
  connection: Connection,
  { signedAt, token }: SignedToken,
  fingerprint: string,
): Promise<boolean> {
  const id = timePrefix(signedAt) + shortHash(token);
  const result = await tokens.upsert(connection, id, { $addToSet: { contents: fingerprint } });
  const contents = contentsOf(result) ?? (await tokens.find(connection, id));
  if (contents === null) throw new Error('A token could not be stored.');
  if (contents[0] === fingerprint) return true;
  // The loser leaves, so that replays do not grow the document.
  await tokens.update(connection, id, { $pull: { contents: fingerprint } });
  return false;
}

/** Removes the tokens that were signed before a time, in seconds since 1970. */
export async function removeTokens(connection: Connection, signedBefore: number): Promise<void> {
  await tokens.removeMany(connection, { _id: { $lt: timePrefix(signedBefore) } });
}
