import * as v from 'valibot';
import type { Collection } from './collection';
import { compareAndSet, type RevisedDocument } from './compare-and-set';
import { type Connection, platformOf } from './connection';
import { type Keys, withKey } from './ids';
import type { Update } from './query';

/*
 * A row of numbered slots. A slot is claimed by one writer, as a whole, and only behind one that is claimed: so a
 * reader that stops at the first free one has missed nothing, also when several write at once and any of them dies.
 */

/** The key of a slot: keys are in the order of the numbers. */
export const keyOfSlot = (number: number): string => String(number).padStart(12, '0');

/** A slot with who has claimed it, null while it is free. */
const claimed = v.object({ _id: v.string(), claim: v.optional(v.nullable(v.string()), null) });
type Claimed = v.InferOutput<typeof claimed>;

/** The number of the first slot that may be free. */
export async function firstFreeSlot(
  connection: Connection,
  collection: { readonly name: string; readonly keys: Keys },
): Promise<number> {
  const [last] = await platformOf(connection)
    .getMany(
      collection.name,
      { _id: { $gt: '' } },
      { sort: { _id: -1 }, limit: 1, hints: { $fields: { claim: 1 } } },
    )
    .toArray();
  if (last === undefined) return 1;
  const { _id, claim } = v.parse(claimed, withKey(last, collection.keys));
  return Number(_id) + (claim === null ? 0 : 1);
}

interface Claim<Document> {
  number: number;
  /** What every claimant writes alike. */
  identity: NonNullable<Update<Document>['$set']>;
  /** What the slot holds from now on, with a `claim` that nobody else has. */
  fields: NonNullable<Update<Document>['$set']>;
  claim: string;
}

/**
 * Claims a slot, with what it holds.
 * @returns whether it is ours; the same claim again says the same
 * @throws when storage fails
 */
export async function claimSlot<Document extends RevisedDocument, State extends Claimed>(
  connection: Connection,
  collection: Collection<Document, State>,
  { number, identity, fields, claim }: Claim<Document>,
): Promise<boolean> {
  let isOurs = false;
  await compareAndSet(connection, collection, {
    id: keyOfSlot(number),
    identity,
    parse: collection.parse,
    decide: (stored) => {
      const owner = stored?.claim ?? null;
      isOurs = owner === null || owner === claim;
      return owner === null ? fields : null;
    },
  });
  return isOurs;
}
