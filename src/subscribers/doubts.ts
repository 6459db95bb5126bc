import * as v from 'valibot';
import type { Connection } from '../store/connection';
import { type Doubt, doubtOf, doubtText, parseDoubt } from '../suppressions/doubt';
import type { Suppression } from '../suppressions/suppression';
import { subscribers } from './subscribers';

/** A block: doubtful suppressions of the same day, provider and code. */
export interface Block extends Doubt {
  addresses: number;
}

/** All blocks, the largest first. */
export async function readBlocks(connection: Connection): Promise<Block[]> {
  const counts = new Map<string, number>();
  await subscribers.visit(
    connection,
    { doubts: { $gt: '' } },
    v.object({ doubts: v.optional(v.array(v.string()), []) }),
    ({ doubts }) => {
      for (const doubt of doubts) counts.set(doubt, (counts.get(doubt) ?? 0) + 1);
    },
  );
  return [...counts]
    .map(([text, addresses]) => ({ ...parseDoubt(text), addresses }))
    .sort((a, b) => b.addresses - a.addresses || (a.day < b.day ? 1 : -1));
}

/** Some addresses of a block, each with its doubtful suppressions. */
export async function addressesOfBlock(
  connection: Connection,
  block: Doubt,
  after: string,
  limit: number,
): Promise<{ email: string; suppressions: Suppression[] }[]> {
  const text = doubtText(block);
  const found = await subscribers.list(
    connection,
    { doubts: text, _id: { $gt: after } },
    { sort: { _id: 1 }, limit },
  );
  return found.map(({ email, suppressions }) => ({
    email,
    suppressions: suppressions.filter((one) => doubtOf(one) === text),
  }));
}
