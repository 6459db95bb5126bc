import * as v from 'valibot';
import type { Connection } from '../store/connection';
import { type Block, blockOf, blockText, parseBlock } from '../suppressions/block';
import type { Suppression } from '../suppressions/suppression';
import { subscribers } from './subscribers';

/** A block: doubtful suppressions of the same day, provider and code. */
export interface CountedBlock extends Block {
  addresses: number;
}

/** The blocks since a day, or all of them, the largest first. The day leads the text of a block. */
export async function readBlocks(connection: Connection, since = ''): Promise<CountedBlock[]> {
  const counts = new Map<string, number>();
  await subscribers.visit(
    connection,
    { doubts: { $gt: since } },
    v.object({ doubts: v.optional(v.array(v.string()), []) }),
    ({ doubts }) => {
      for (const doubt of doubts) if (doubt > since) counts.set(doubt, (counts.get(doubt) ?? 0) + 1);
    },
  );
  return [...counts]
    .map(([text, addresses]) => ({ ...parseBlock(text), addresses }))
    .sort((a, b) => b.addresses - a.addresses || (a.day < b.day ? 1 : -1));
}

/** Some addresses of a block, each with its doubtful suppressions. */
export async function addressesOfBlock(
  connection: Connection,
  block: Block,
  after: string,
  limit: number,
): Promise<{ email: string; suppressions: Suppression[] }[]> {
  const text = blockText(block);
  const found = await subscribers.list(
    connection,
    { doubts: text, _id: { $gt: after } },
    { sort: { _id: 1 }, limit },
  );
  return found.map(({ email, suppressions }) => ({
    email,
    suppressions: suppressions.filter((one) => blockOf(one) === text),
  }));
}
