import { createHmac } from 'node:crypto';
import * as v from 'valibot';
import { Collection } from '../store/collection';
import type { Connection } from '../store/connection';
import { addEvidence } from './fold';
import { isMeant, type Selector, type Suppression, suppression } from './suppression';

const erased = v.object({ _id: v.string(), suppressions: v.array(suppression) });

/** Suppressions of persons who were erased, by a hash that only those who know the salt can make. */
export const erasedSuppressions = new Collection<v.InferOutput<typeof erased>, v.InferOutput<typeof erased>>(
  'erased_suppressions',
  (document) => v.parse(erased, document),
);

export function hashOfErased(email: string, salt: string): string {
  return createHmac('sha256', salt).update(email).digest('base64url');
}

/** Keeps what must still be answered of a person who is being erased: no more than list, scope and time. */
export async function keepErased(
  connection: Connection,
  email: string,
  salt: string,
  suppressions: readonly Suppression[],
): Promise<void> {
  if (suppressions.length === 0) return;
  const id = hashOfErased(email, salt);
  const bare = suppressions.map((one) => ({
    ...one,
    evidence: `0|${one.since}|erased`,
    event: null,
    detail: null,
    provider: null,
    by: null,
  }));
  const before = (await erasedSuppressions.find(connection, id))?.suppressions ?? [];
  const after = addEvidence({ suppressions: before, decisions: [] }, bare);
  await erasedSuppressions.upsert(connection, id, { $set: { suppressions: [...after.suppressions] } });
}

/** Forgets what was kept of an erased person, as far as it is meant. */
export async function liftErased(
  connection: Connection,
  email: string,
  salt: string,
  meant: Selector,
): Promise<void> {
  const id = hashOfErased(email, salt);
  const known = await erasedSuppressions.find(connection, id);
  if (known === null) return;
  const suppressions = known.suppressions.filter((one) => !isMeant(meant, one));
  await erasedSuppressions.upsert(connection, id, { $set: { suppressions } });
}

/** Which of some addresses belong to persons who were erased, and their suppressions. */
export async function findErased(
  connection: Connection,
  emails: readonly string[],
  salt: string,
): Promise<Map<string, Suppression[]>> {
  const byHash = new Map(emails.map((email) => [hashOfErased(email, salt), email]));
  const found = await erasedSuppressions.findAll(connection, [...byHash.keys()]);
  return new Map(found.map(({ _id, suppressions }) => [byHash.get(_id) ?? '', suppressions]));
}
