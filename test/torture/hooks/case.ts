import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import type { Background } from '../faults/background';
import { beginUnder } from '../faults/begin';
import { firstPass, type Target } from '../faults/case';
import type { Tried } from '../faults/every-harm';
import type { Fault } from '../faults/fault';
import { acknowledgedKey } from '../faults/key-of';
import { check } from '../machine/check';
import type { Life } from '../machine/life';
import type { Machine } from '../machine/machine';
import { complaint, type Mood, type Owner } from './owner';

/** More sweeps than an event has attempts. */
const enoughSweeps = 9;

const deadList = v.object({ items: v.array(v.object({ key: v.string(), lastError: v.string() })) });
const health = v.object({ status: v.string(), pending: v.number(), dead: v.number() });

/** After so long, in milliseconds, an event that waits is called stuck. */
const stuckAfter = 900_000;

/** What health says, if need be some time later. */
async function expectHealth(
  machine: Machine,
  status: number,
  expected: Partial<v.InferOutput<typeof health>>,
  later = 0,
): Promise<string[]> {
  machine.time.pass(later);
  const answer = await (await machine.spare()).api('GET /health', { query: {} });
  const told = v.safeParse(health, answer.body);
  const isRight =
    answer.status === status &&
    told.success &&
    isDeepStrictEqual({ ...told.output, ...expected }, told.output);
  return isRight ? [] : [`health is ${answer.status} ${JSON.stringify(answer.body)}`];
}

/** One event whose owner's function is moody, while a storage call goes wrong. */
export async function runHookCase(
  machine: Machine,
  background: Background,
  target: Target,
  owner: Owner,
  mood: Mood,
  fault: Fault | null,
): Promise<Tried> {
  owner.reset(mood);
  const { life, saboteur } = await beginUnder(machine, background.contents, fault);
  const acknowledged = new Set(background.events.keys());
  const note = (key: string | null) => key !== null && acknowledged.add(key);
  note(acknowledgedKey(await firstPass(life, target.webhook)));
  const calls = [...saboteur.calls];
  // An event that nobody acknowledged Mailgun tells again; here `delivered` too, so that each has a hook to call.
  if (!acknowledged.has(target.key)) note(acknowledgedKey(await life.send(target.webhook)));
  const problems: string[] = [];
  if (mood === 'throws always') {
    problems.push(...(await expectHealth(machine, 503, { status: 'stuck', pending: 1 }, 2 * stuckAfter)));
    for (let sweep = 0; sweep < enoughSweeps; sweep += 1) await life.sweep();
  }
  await life.sweep();
  await life.sweep();

  const told = { genuine: new Map([...background.events, [target.key, target.event]]), acknowledged };
  if (mood === 'throws always') {
    const given = await check(machine, { ...told, dead: new Set([target.key]) });
    problems.push(...given.map((problem) => `while dead: ${problem}`));
    problems.push(...(await bringBack(machine, life, target.key, fault)));
    owner.mood = 'works';
    await life.sweep();
    await life.sweep();
  }
  problems.push(...life.problems, ...(await check(machine, told)));
  if (!owner.hasBeenThrough(target.key)) problems.push("the owner's function has never come to its end");
  return { problems, calls };
}

/** What the owner sees of a dead event, and how it comes back. */
async function bringBack(machine: Machine, life: Life, key: string, fault: Fault | null): Promise<string[]> {
  const problems: string[] = [];
  const instance = await machine.spare();
  const list = v.safeParse(deadList, (await instance.api('GET /api/dead', { query: {} })).body);
  const [found] = list.success ? list.output.items : [];
  if (found?.key !== key || !found.lastError.includes(complaint))
    problems.push(`the list of the dead is ${JSON.stringify(list.output)}`);
  problems.push(...(await expectHealth(machine, 200, { status: 'ok', dead: 1, pending: 0 })));
  const answer =
    fault !== null && fault.at % 2 === 0
      ? await instance.api('POST /api/dead/requeue', { body: {} })
      : await instance.api('POST /api/dead/:key/requeue', { params: { key }, body: {} });
  if (answer.status !== 200) problems.push(`requeue answered ${answer.status}`);
  // Back to life while the owner's function still fails: it must not die at once, it has all its attempts again.
  await life.deliver(life.take());
  const document = await machine.storage.connection().findOneOrNull('email_events', key);
  if (document?.state !== undefined && document?.state !== null)
    problems.push(`requeued, but ${String(document.state)}`);
  return problems;
}
