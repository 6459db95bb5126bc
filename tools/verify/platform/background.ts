import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { CannotRun } from '../../cannot-run';
import type { SpaceClient } from '../space/space-client';
import type { Findings } from './findings';

const note = v.object({
  what: v.string(),
  value: v.optional(v.nullable(v.union([v.string(), v.number()])), null),
  at: v.number(),
});
const notes = v.object({ items: v.array(note) });
type Note = v.InferOutput<typeof note>;

/** As many jobs as the probe enqueues to see their order. */
const orderedJobs = 12;

/** As many jobs as the probe enqueues to see how many run at once. */
const parallelJobs = 10;
/** A retry that comes sooner than this after a failure comes at once, in milliseconds. */
const atOnceMs = 900;
/** A scheduled job is to start three seconds after it was scheduled: when it has not waited, and how far it was off. */
const scheduledMs = 3000;

/** How long the probe's clock is watched: it is armed for 12 s, and its runs take 5 s. In seconds. */
const cronWatch = 19;

/** What happens after answers, in queues and by the clock. */
export async function findBackground(
  space: SpaceClient,
  run: string,
  /** Seconds in which a platform that retries is expected to. */
  wait: number,
  findings: Findings,
): Promise<void> {
  const post = (path: string) => space.ask(`${path}?run=${run}`, { method: 'POST', authorised: true });
  await post('/probe/after-response');
  await hangUp(space, run);
  await post('/probe/jobs');
  await post('/probe/cron');
  const began = performance.now();
  const [seen] = await Promise.all([watch(space, run, began, wait), findTtl(space, run, findings)]);
  await space.ask(`/probe/notes?run=${run}`, { method: 'DELETE', authorised: true });
  judge(seen, wait, findings);
}

/** Asks for something that takes longer than the client waits. */
async function hangUp(space: SpaceClient, run: string): Promise<void> {
  try {
    await space.ask(`/probe/held?run=${run}`, { method: 'POST', authorised: true, hangUpAfterMs: 300 });
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
  }
}

async function watch(space: SpaceClient, run: string, began: number, wait: number): Promise<Note[]> {
  for (;;) {
    const elapsed = (performance.now() - began) / 1000;
    const answer = await space.ask(`/probe/notes?run=${run}`, { authorised: true });
    const parsed = v.safeParse(notes, answer.body);
    const items = parsed.success ? parsed.output.items.sort((a, b) => a.at - b.at) : [];
    const of = (what: string) => items.filter((one) => one.what === what);
    const single = of('single job').length;
    const isDone =
      of('failing job').length > single &&
      of('ordered job').length >= orderedJobs * single &&
      of('parallel end').length >= parallelJobs * single &&
      of('timers').length > 0;
    if (elapsed >= cronWatch && ((single > 0 && isDone) || elapsed >= wait)) return items;
    await pause(1500);
  }
}

/** A counter raised again before its time is over lives on, or it does not. */
async function findTtl(space: SpaceClient, run: string, findings: Findings): Promise<void> {
  const path = `/probe/ttl?run=${run}`;
  await space.ask(path, { method: 'POST', authorised: true });
  await pause(2000);
  await space.ask(path, { method: 'POST', authorised: true });
  await pause(2000);
  const { body } = await space.ask(path, { authorised: true });
  if (typeof body.alive !== 'boolean') findings.unclear('incrTtl', 'the counter cannot be read');
  else findings.found('incrTtl', body.alive ? 'renews' : 'keeps');
}

function judge(seen: readonly Note[], wait: number, findings: Findings): void {
  const of = (what: string) => seen.filter((one) => one.what === what);
  findings.found('afterResponse', of('after response').length > 0 ? 'runs' : 'stops');

  const single = of('single job').length;
  if (single === 0) {
    for (const name of ['jobDelivery', 'failedJob', 'jobOrder'] as const) {
      findings.unclear(name, `no job was delivered within ${wait} s`);
    }
  } else {
    findings.found('jobDelivery', single > 1 ? 'twice' : 'once');
    judgeRetries(of('failing job'), single, wait, findings);
    judgeOrder(of('ordered job'), findings);
  }
  judgeClock(of('cron start'), of('cron end'), findings);
  judgeTimers(of('timers')[0], findings);
  judgeScheduled(of('scheduling')[0], of('scheduled job')[0], findings);
  judgeParallel(of('parallel start'), of('parallel end'), findings);
  findings.found('clientGone', of('client gone').length > 0 ? 'goesOn' : 'ends');
  if (single > 0) findings.found('lateJob', of('late job').length > 0 ? 'goesOn' : 'killed');
  else findings.unclear('lateJob', `no job was delivered within ${wait} s`);
  findings.unclear('restart', 'only a deployment while jobs wait can tell');
  findings.unclear('afterDeploy', 'only the two seconds after a deployment can tell');
}

function judgeRetries(attempts: readonly Note[], single: number, wait: number, findings: Findings): void {
  if (attempts.length <= single) {
    findings.found('failedJob', 'dropped');
    findings.remark(`A failed job was not tried again within ${wait} s (--wait).`);
    return;
  }
  // Each copy of a job that is delivered twice has its retries.
  const gaps = attempts.slice(single).map(({ at }, index) => at - (attempts[index]?.at ?? at));
  // The shortest: on a busy machine any one may be late, and none comes early.
  findings.found('failedJob', Math.min(...gaps) < atOnceMs ? 'retriedAtOnce' : 'retried');
  const told = gaps.map((gap) => `${(gap / 1000).toFixed(1)} s`).join(', ');
  findings.remark(`A failing job was tried ${attempts.length} times, after ${told}.`);
}

const timers = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ interval: v.string(), immediate: v.string(), hasFired: v.boolean() }),
);

function judgeTimers(told: Note | undefined, findings: Findings): void {
  const parsed = v.safeParse(timers, told?.value);
  if (!parsed.success) {
    for (const name of ['intervals', 'workerTimers', 'immediate'] as const)
      findings.unclear(name, 'the worker that tries them did not come to its end');
    return;
  }
  const { interval, immediate, hasFired } = parsed.output;
  findings.found('intervals', interval === 'throws' ? 'throw' : 'run');
  findings.found('immediate', immediate === 'function' ? 'runs' : 'missing');
  findings.found('workerTimers', hasFired ? 'fire' : 'never');
}

function judgeScheduled(call: Note | undefined, job: Note | undefined, findings: Findings): void {
  if (call === undefined) findings.unclear('runAt', 'the probe did not come so far');
  else if (call.value === 'rejected') findings.found('runAt', 'refused');
  else if (job === undefined) findings.found('runAt', 'never');
  else {
    const waitedMs = job.at - call.at;
    findings.found('runAt', waitedMs < scheduledMs / 2 ? 'atOnce' : 'onTime');
    findings.remark(`A job that was to start after 3 s started after ${(waitedMs / 1000).toFixed(1)} s.`);
  }
}

function judgeParallel(starts: readonly Note[], ends: readonly Note[], findings: Findings): void {
  if (starts.length === 0) {
    findings.unclear('plan', 'no job was delivered in time');
    return;
  }
  const changes = [...starts.map(({ at }) => ({ at, by: 1 })), ...ends.map(({ at }) => ({ at, by: -1 }))];
  let running = 0;
  let most = 0;
  for (const { by } of changes.sort((a, b) => a.at - b.at || a.by - b.by)) {
    running += by;
    most = Math.max(most, running);
  }
  // Every job may be delivered twice.
  findings.found('plan', most <= Math.ceil(starts.length / parallelJobs) ? 'free' : 'paid');
  findings.remark(`Of ${parallelJobs} jobs for \`workers: 50\` ${most} ran at once.`);
}

function judgeOrder(jobs: readonly Note[], findings: Findings): void {
  const numbers = [...new Set(jobs.map(({ value }) => Number(value)))];
  if (numbers.length < orderedJobs) findings.unclear('jobOrder', 'not all jobs came in time');
  else findings.found('jobOrder', numbers.every((number, index) => number === index) ? 'fifo' : 'any');
}

function judgeClock(starts: readonly Note[], ends: readonly Note[], findings: Findings): void {
  if (starts.length < 2) {
    findings.unclear('cronOverlap', `the clock ran ${starts.length} times in ${cronWatch} s`);
    return;
  }
  const overlaps = starts.some(({ at, value }) => {
    const end = ends.find((one) => one.value === value)?.at ?? Number.POSITIVE_INFINITY;
    return starts.some((other) => other.value !== value && other.at > at && other.at < end);
  });
  findings.found('cronOverlap', overlaps ? 'allowed' : 'skipped');
}
