import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type Connection, collections } from './connection';

const storedToken = v.object({ contents: v.array(v.string()) });

function contentsOf(document: unknown): string[] | null {
  const result = v.safeParse(storedToken, document);
  return result.success && result.output.contents.length > 0 ? result.output.contents : null;
}

/**
 * Binds a token to the content that it came with first. The signature does not cover the body, so this is
 * what stops a captured signature from carrying a forged event; a retry with the same content passes.
 *
 * The first element of an ordered set is the winner: `$addToSet` never moves it, in whatever order and
 * however often requests come. The key-value store could not do this: it has no conditional write.
 * @param fingerprint of the content
 * @param expiresAt when the token is too old to be accepted anyway, in seconds since 1970
 * @returns whether the token belongs to this content
 */
export async function claimToken(
  connection: Connection,
  token: string,
  fingerprint: string,
  expiresAt: number,
): Promise<boolean> {
  const id = createHash('sha256').update(token).digest('base64url');
  const result: unknown = await connection.updateOne(
    collections.tokens,
    id,
    { $addToSet: { contents: fingerprint }, $set: { expiresAt } },
    { upsert: true },
  );
  const contents = contentsOf(result) ?? contentsOf(await connection.findOneOrNull(collections.tokens, id));
  if (contents === null) throw new Error('A token could not be stored.');
  if (contents[0] === fingerprint) return true;
  // The loser leaves, so that replays do not grow the document.
  await connection.updateOne(collections.tokens, id, { $pull: { contents: fingerprint } });
  return false;
}

/** Removes the tokens whose signatures are too old to be accepted. */
export async function removeExpiredTokens(connection: Connection, now: number): Promise<void> {
  await connection.removeMany(collections.tokens, { expiresAt: { $lt: now } });
}
