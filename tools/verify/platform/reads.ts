import * as v from 'valibot';
import type { SpaceClient } from '../space/space-client';
import type { Findings } from './findings';

const time = v.union([v.number(), v.string()]);
const timed = v.object({
  named: v.object({ ids: v.number(), milliseconds: time }),
  without: time,
  index: v.looseObject({ rejected: v.optional(v.string()) }),
  withIndex: time,
  compound: v.looseObject({ rejected: v.optional(v.string()) }),
  byId: time,
});

/** Documents of the collections that are read. */
const sizes = [1000, 10_000];

const say = (value: number | string) => (typeof value === 'number' ? `${value} ms` : `refused (${value})`);

/** How long reads take, with and without an index. */
export async function findReads(space: SpaceClient, run: string, findings: Findings): Promise<void> {
  for (const size of sizes) {
    const answer = await space.ask(`/probe/reads?run=${run}&size=${size}`, {
      method: 'POST',
      authorised: true,
    });
    const parsed = v.safeParse(timed, answer.body);
    if (!parsed.success) {
      findings.unclear('idsPerRead', `the probe's reads route answers ${answer.status}`);
      findings.unclear('indexes', `the probe's reads route answers ${answer.status}`);
      return;
    }
    const { named, without, index, withIndex, compound, byId } = parsed.output;
    findings.remark(
      `Of ${size} documents: one by its id ${say(byId)}, ${named.ids} by $in ${say(named.milliseconds)}, a hundredth by a ` +
        `field ${say(without)}, with an index ${say(withIndex)}.`,
    );
    if (index.rejected !== undefined)
      findings.remark(
        `createIndex rejects (${index.rejected}): name the indexes of docs/queries.md by coho createindex.`,
      );
    findings.found('idsPerRead', named.ids < 1000 ? named.ids : 'unlimited');
    if (compound.rejected !== undefined) findings.found('indexes', 'refused');
    else findings.unclear('indexes', 'an index of two fields is made, but whether it is one nobody can see');
  }
}
