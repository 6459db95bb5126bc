import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
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
  await post('/probe/jobs');
  await post('/probe/cron');
  const began = performance.now();
  const [seen] = await Promise.all([watch(space, run, began, wait), findTtl(space, run, findings)]);
  await space.ask(`/probe/notes?run=${run}`, { method: 'DELETE', authorised: true });
  judge(seen, wait, findings);
}

async function watch(space: SpaceClient, run: string, began: number, wait: number): Promise<Note[]> {
  for (;;) {
    const elapsed = (performance.now() - began) / 1000;
    const answer = await space.ask(`/probe/notes?run=${run}`, { authorised: true });
    const parsed = v.safeParse(notes, answer.body);
    const items = parsed.success ? parsed.output.items.sort((a, b) => a.at - b.at) : [];
    const of = (what: string) => items.filter((one) => one.what === what);
    const single = of('single job').length;
    const isDone = of('failing job').length > single && of('ordered job').length >= orderedJobs * single;
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
    const attempts = of('failing job').length;
    findings.found('failedJob', attempts > single ? 'retried' : 'dropped');
    if (attempts <= single) findings.remark(`A failed job was not tried again within ${wait} s (--wait).`);
    judgeOrder(of('ordered job'), findings);
  }
  judgeClock(of('cron start'), of('cron end'), findings);
  findings.unclear('restart', 'only a deployment while jobs wait can tell');
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
