import * as v from 'valibot';
import type { SpaceClient } from '../space/space-client';
import type { Findings } from './findings';

const saw = v.union([v.object({ resolved: v.unknown() }), v.object({ rejected: v.string() })]);
const seen = v.record(v.string(), saw);

const withPath = v.looseObject({ a: v.optional(v.looseObject({ b: v.optional(v.number()) }), {}) });
const order = v.object({ two: v.string(), nested: v.string() });

/** How many calls the probe makes at the same moment. */
const together = 20;

/** What the Datastore does with ids, paths, objects and many at once. */
export async function findDocuments(space: SpaceClient, run: string, findings: Findings): Promise<void> {
  const answer = await space.ask(`/probe/documents?run=${run}`, { method: 'POST', authorised: true });
  const parsed = v.safeParse(seen, answer.body);
  const saws = parsed.success ? parsed.output : {};
  /** What a question resolved; undefined when it rejected, or was not asked. */
  const resolved = (name: string): unknown => {
    const one = saws[name];
    return one !== undefined && 'resolved' in one ? one.resolved : undefined;
  };
  if (!parsed.success || Object.keys(saws).length === 0) {
    for (const name of ['oddIds', 'updatePaths', 'setOnInsert', 'setObject'] as const)
      findings.unclear(name, `the probe's documents route answers ${answer.status}`);
    return;
  }
  findings.found('oddIds', resolved('oddId') === true ? 'allowed' : 'refused');
  const nested = v.safeParse(withPath, resolved('path'));
  if (!nested.success) findings.unclear('updatePaths', 'the update rejects');
  else findings.found('updatePaths', nested.output.a.b === 2 ? 'nested' : 'literal');
  findings.found(
    'setOnInsert',
    v.is(v.looseObject({ born: v.literal(true) }), resolved('onInsert')) ? 'applied' : 'refused',
  );
  findings.found(
    'setObject',
    typeof resolved('object') === 'object' && resolved('object') !== null ? 'json' : 'text',
  );

  if (resolved('upsertById') !== true)
    findings.alarm(
      'An upsert by an id does not create the document under it: the app cannot work on this platform.',
    );
  const sorted = v.safeParse(order, resolved('order'));
  if (!sorted.success || sorted.output.two !== 'cba')
    findings.alarm('Documents cannot be sorted by two fields: lists would lose items between their pages.');
  if (!sorted.success || sorted.output.nested !== 'bca')
    findings.remark(
      'Documents cannot be sorted by a nested field: campaigns cannot be sorted by their rates.',
    );
  const claims = Number(resolved('claims'));
  if (claims > 1)
    findings.alarm(
      `Of ${together} conditional updates at once ${claims} won: two events could be taken for the first.`,
    );
  else
    findings.remark(
      `Of ${together} conditional updates at once ${claims === 1 ? 'one won' : 'none says that it won'}.`,
    );
  const sum = Number(resolved('sum'));
  findings.remark(
    sum === together
      ? `${together} increments at once made ${sum}.`
      : `${together} increments at once made ${sum}: the number of refused requests is too small at times.`,
  );
}
