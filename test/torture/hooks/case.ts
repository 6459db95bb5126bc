import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import type { Background } from '../faults/background';
import { beginUnder } from '../faults/begin';
import { firstPass, type Target } from '../faults/case';
import type { Tried } from '../faults/every-fault';
import type { Fault } from '../faults/fault';
import { acknowledgedKey } from '../faults/key-of';
import { check } from '../virtual-space/check';
import type { Driver } from '../virtual-space/driver';
import type { VirtualSpace } from '../virtual-space/virtual-space';
import { type Behaviour, complaint, type HookDouble } from './hook-double';

/** More sweeps than an event has attempts. */
const enoughSweeps = 9;

const deadList = v.object({ items: v.array(v.object({ key: v.string(), lastError: v.string() })) });
const health = v.object({ status: v.string(), pending: v.number(), dead: v.number() });

/** After so long, in milliseconds, an event that waits is called stuck. */
const stuckAfter = 900_000;

/** What health says, if need be some time later. */
async function expectHealth(
  space: VirtualSpace,
  status: number,
  expected: Partial<v.InferOutput<typeof health>>,
  later = 0,
): Promise<string[]> {
  space.time.pass(later);
  const answer = await (await space.spare()).api('GET /health', { query: {} });
  const told = v.safeParse(health, answer.body);
  const isRight =
    answer.status === status &&
    told.success &&
    isDeepStrictEqual({ ...told.output, ...expected }, told.output);
  return isRight ? [] : [`health is ${answer.status} ${JSON.stringify(answer.body)}`];
}

/** One event whose hook fails or takes its time, while a storage call goes wrong. */
export async function runHookCase(
  space: VirtualSpace,
  background: Background,
  target: Target,
  hook: HookDouble,
  behaviour: Behaviour,
  fault: Fault | null,
): Promise<Tried> {
  hook.reset(behaviour);
  const { driver, saboteur } = await beginUnder(space, background.contents, fault);
  const acknowledged = new Set(background.events.keys());
  const note = (key: string | null) => key !== null && acknowledged.add(key);
  note(acknowledgedKey(await firstPass(driver, target.webhook)));
  const calls = [...saboteur.calls];
  // An event that nobody acknowledged Mailgun tells again; here `delivered` too, so that each has a hook to call.
  if (!acknowledged.has(target.key)) note(acknowledgedKey(await driver.send(target.webhook)));
  const problems: string[] = [];
  if (behaviour === 'throws always') {
    problems.push(...(await expectHealth(space, 503, { status: 'stuck', pending: 1 }, 2 * stuckAfter)));
    for (let sweep = 0; sweep < enoughSweeps; sweep += 1) await driver.sweep();
  }
  await driver.sweep();
  await driver.sweep();

  const told = { genuine: new Map([...background.events, [target.key, target.event]]), acknowledged };
  if (behaviour === 'throws always') {
    const given = await check(space, { ...told, dead: new Set([target.key]) });
    problems.push(...given.map((problem) => `while dead: ${problem}`));
    problems.push(...(await bringBack(space, driver, target.key, fault)));
    hook.behaviour = 'works';
    await driver.sweep();
    await driver.sweep();
  }
  problems.push(...driver.problems, ...(await check(space, told)));
  if (!hook.hasBeenThrough(target.key)) problems.push("the owner's function has never come to its end");
  return { problems, calls };
}

/** What the owner sees of a dead event, and how it comes back. */
async function bringBack(
  space: VirtualSpace,
  driver: Driver,
  key: string,
  fault: Fault | null,
): Promise<string[]> {
  const problems: string[] = [];
  const instance = await space.spare();
  const list = v.safeParse(deadList, (await instance.api('GET /api/dead', { query: {} })).body);
  const [found] = list.success ? list.output.items : [];
  if (found?.key !== key || !found.lastError.includes(complaint))
    problems.push(`the list of the dead is ${JSON.stringify(list.output)}`);
  problems.push(...(await expectHealth(space, 200, { status: 'ok', dead: 1, pending: 0 })));
  const answer =
    fault !== null && fault.at % 2 === 0
      ? await instance.api('POST /api/dead/requeue', { body: {} })
      : await instance.api('POST /api/dead/:key/requeue', { params: { key }, body: {} });
  if (answer.status !== 200) problems.push(`requeue answered ${answer.status}`);
  // Back to life while the owner's function still fails: it must not die at once, it has all its attempts again.
  await driver.deliver(driver.take());
  const document = await space.storage.connection().findOneOrNull('email_events', key);
  if (document?.state !== undefined && document?.state !== null)
    problems.push(`requeued, but ${String(document.state)}`);
  return problems;
}
