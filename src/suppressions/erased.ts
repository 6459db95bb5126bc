import { createHmac } from 'node:crypto';
import * as v from 'valibot';
import { Collection } from '../store/collection';
import { compareAndSet, type RevisedDocument } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { addEvidence } from './fold';
import { isMeant, type Selector, type Suppression, suppression } from './suppression';

const erased = v.object({ _id: v.string(), suppressions: v.optional(v.array(suppression), []) });

/** Suppressions of persons who were erased, by a hash that only those who know the salt can make. */
export const erasedSuppressions = new Collection<
  RevisedDocument & { hash: string; suppressions: Suppression[] },
  v.InferOutput<typeof erased>
>('erased_suppressions', (document) => v.parse(erased, document));

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
  await compareAndSet(connection, erasedSuppressions, {
    id,
    identity: { hash: id },
    parse: erasedSuppressions.parse,
    decide: (stored) => {
      const before = { suppressions: stored?.suppressions ?? [], decisions: [] };
      const suppressions = [...addEvidence(before, bare).suppressions];
      return JSON.stringify(suppressions) === JSON.stringify(before.suppressions) ? null : { suppressions };
    },
  });
}

/** Forgets what was kept of an erased person, as far as it is meant. */
export async function liftErased(
  connection: Connection,
  email: string,
  salt: string,
  meant: Selector,
): Promise<void> {
  const id = hashOfErased(email, salt);
  await compareAndSet(connection, erasedSuppressions, {
    id,
    identity: { hash: id },
    parse: erasedSuppressions.parse,
    decide: (stored) => {
      if (!stored?.suppressions.some((one) => isMeant(meant, one))) return null;
      return { suppressions: stored.suppressions.filter((one) => !isMeant(meant, one)) };
    },
  });
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
