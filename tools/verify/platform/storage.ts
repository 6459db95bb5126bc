import * as v from 'valibot';
import type { SpaceClient } from '../space/space-client';
import type { Findings } from './findings';

const saw = v.union([v.object({ resolved: v.unknown() }), v.object({ rejected: v.string() })]);
const storage = v.object({
  guardFails: saw,
  secondInsert: saw,
  afterSecondInsert: v.nullable(v.looseObject({ value: v.string() })),
  upsert: saw,
  underItsId: v.unknown(),
  many: v.number(),
  read: saw,
  results: v.record(v.string(), saw),
});

/** What calls of the Datastore resolve, reject and do. */
export async function findStorage(space: SpaceClient, run: string, findings: Findings): Promise<void> {
  const answer = await space.ask(`/probe/storage?run=${run}`, { method: 'POST', authorised: true });
  const parsed = v.safeParse(storage, answer.body);
  if (!parsed.success) {
    const why = `the probe's storage route answers ${answer.status}: ${String(answer.body.error ?? '')}`;
    for (const name of [
      'noMatch',
      'duplicateInsert',
      'upsertByQuery',
      'upsertResult',
      'otherResults',
      'defaultLimit',
    ] as const) {
      findings.unclear(name, why);
    }
    return;
  }
  const { guardFails, secondInsert, afterSecondInsert, upsert, underItsId, many, read, results } =
    parsed.output;

  if ('rejected' in guardFails) findings.found('noMatch', 'rejects');
  else findings.found('noMatch', guardFails.resolved === null ? 'null' : 'unchanged');

  if ('rejected' in secondInsert) findings.found('duplicateInsert', 'rejects');
  else if (afterSecondInsert?.value === 'second') findings.found('duplicateInsert', 'overwrites');
  else findings.unclear('duplicateInsert', 'a second insert resolves and changes nothing');

  findings.found('upsertByQuery', underItsId === null ? 'ignoresId' : 'keepsId');
  if ('rejected' in upsert) findings.unclear('upsertResult', `an upsert rejects: ${upsert.rejected}`);
  else if (upsert.resolved === null) findings.found('upsertResult', 'null');
  else findings.found('upsertResult', typeof upsert.resolved === 'string' ? 'id' : 'document');

  if ('rejected' in read)
    findings.unclear('defaultLimit', `a read of many documents rejects: ${read.rejected}`);
  else {
    const handedOver = Number(read.resolved);
    findings.found('defaultLimit', handedOver < many ? handedOver : 'none');
    if (handedOver >= many) findings.remark(`A read without a limit hands over ${many} documents and more.`);
  }

  const entries = Object.entries(results);
  const empty = entries.filter(([, one]) => !('resolved' in one) || one.resolved === null);
  findings.found('otherResults', empty.length === 0 ? 'suggested' : 'null');
  if (empty.length > 0 && empty.length < entries.length) {
    findings.remark(`Only some calls resolve nothing: ${empty.map(([name]) => name).join(', ')}.`);
  }
}
