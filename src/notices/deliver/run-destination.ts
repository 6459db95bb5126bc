import { log } from '../../log';
import { type NoticeSettings, readNoticeSettings } from '../../settings/notices';
import { newRevision } from '../../store/compare-and-set';
import type { Connection } from '../../store/connection';
import { enqueueAt, topics } from '../../store/queue';
import type { Delivery } from '../delivery';
import {
  claim,
  headOfLane,
  isReady,
  listDue,
  nextWaiting,
  noteDelivered,
  noteFailed,
  postpone,
} from '../delivery-steps';
import { findDestination, findEndpoint } from '../destinations';
import type { Endpoint } from '../endpoint';
import { deliverSoon } from '../publish';
import type { Outcome } from '../send/outcome';
import { send } from '../send/send';
import { maxAgeMs, nextStep, restMsAfter } from './next-step';
import { noteWake, type Run, returnRun, takeRun } from './runs';

/** How long a run begins further requests: then the other destinations have their turn. */
const runTimeMs = 10_000;
/** Deliveries that are read at once, and requests to one destination that are under way at once. */
const batchSize = 40;
const maxConcurrentRequests = 8;
/** Old deliveries that are given up by one read. */
const expiryBatch = 200;

/** What one run knows. */
interface Runner {
  readonly connection: Connection;
  readonly destination: string;
  readonly endpoint: Endpoint | null;
  readonly settings: NoticeSettings;
  readonly deadline: number;
}

/** One attempt of a delivery. @returns what became of it; null when another one is at it */
async function attempt(runner: Runner, { _id }: Delivery): Promise<Outcome | null> {
  const { connection, destination, endpoint, settings } = runner;
  const holder = newRevision();
  const claimed = await claim(connection, _id, { holder, now: Date.now() });
  if (claimed === null) return null;
  const { attempts } = claimed;
  let outcome: Outcome;
  if (endpoint === null)
    outcome = { result: 'refused', status: null, reason: 'The destination has no address any more.' };
  else if (attempts > settings.retrySeconds.length + 1)
    outcome = {
      result: 'refused',
      status: claimed.lastStatus,
      reason: 'Every attempt ended without a result.',
    };
  else outcome = await send(endpoint, claimed, settings.allowPrivate);
  const step = nextStep(outcome, attempts, settings.retrySeconds);
  if (outcome.result === 'delivered') {
    await noteDelivered(connection, _id, outcome.status);
    log.info('notice delivered', { destination, attempts });
    return outcome;
  }
  const nextAt = step.state === 'waiting' ? Date.now() + step.pauseMs : null;
  await noteFailed(connection, _id, holder, { ...outcome, nextAt });
  const what =
    nextAt === null ? 'delivery of a notice dead' : 'delivery of a notice failed, it will be tried again';
  log.warn(what, { destination, attempts, error: outcome.reason });
  return outcome;
}

/** Works off a lane in its order: nothing of it is sent while something before it is not over. */
async function workOffLane(runner: Runner, due: readonly Delivery[]): Promise<Outcome[]> {
  const { connection, deadline } = runner;
  const [first] = due;
  if (first === undefined) return [];
  const outcomes: Outcome[] = [];
  if (first.lane === null) {
    const outcome = await attempt(runner, first);
    return outcome === null ? [] : [outcome];
  }
  for (;;) {
    const head = await headOfLane(connection, first.lane);
    if (head === null) return outcomes;
    const now = Date.now();
    if (!isReady(head, now)) {
      const until = Math.max(Date.parse(head.nextAttemptAt), now + 1000);
      for (const { _id } of due) if (_id !== head._id) await postpone(connection, _id, { now, until });
      return outcomes;
    }
    const outcome = await attempt(runner, head);
    if (outcome !== null) outcomes.push(outcome);
    if (outcome === null || outcome.result === 'failed' || Date.now() >= deadline) return outcomes;
  }
}

/** Deliveries by their lane; one without an order is alone. */
function lanesOf(due: readonly Delivery[]): Delivery[][] {
  const lanes = new Map<string, Delivery[]>();
  for (const one of due) {
    const name = one.lane ?? `of its own: ${one._id}`;
    lanes.set(name, [...(lanes.get(name) ?? []), one]);
  }
  return [...lanes.values()];
}

/** Gives up what waited as long as all attempts would take while its destination answered nothing: one by one it would take for ever. */
async function expire(
  { connection, destination, settings, deadline }: Runner,
  trouble: Outcome,
): Promise<void> {
  if (trouble.result !== 'failed') return;
  const reason = `${trouble.reason} It was given up because the destination answered nothing for as long as all attempts take.`;
  for (;;) {
    const now = Date.now();
    const due = await listDue(connection, destination, now, expiryBatch);
    const old = due.filter(({ queuedAt }) => Date.parse(queuedAt) <= now - maxAgeMs(settings.retrySeconds));
    for (const { _id } of old)
      await noteFailed(connection, _id, null, { status: trouble.status, reason, nextAt: null });
    if (old.length < expiryBatch || now >= deadline) return;
  }
}

type Doing = Pick<Run, 'failures' | 'restUntil' | 'lastDeliveredAt' | 'lastError'>;

/** How a destination is doing after some attempts at once. */
function doingAfter(before: Doing, outcomes: readonly Outcome[], retrySeconds: readonly number[]): Doing {
  const doing = { ...before };
  const hasDelivered = outcomes.some(({ result }) => result === 'delivered');
  const failed = outcomes.filter(({ result }) => result === 'failed');
  if (hasDelivered) doing.lastDeliveredAt = new Date().toISOString();
  if (outcomes.length > 0) {
    const former = hasDelivered ? 0 : before.failures;
    doing.failures = failed.length > 0 ? former + 1 : 0;
    const last = outcomes.find((one) => one.result !== 'delivered');
    doing.lastError = last?.reason ?? null;
  }
  const restMs = Math.max(0, ...failed.map((outcome) => restMsAfter(outcome, doing.failures, retrySeconds)));
  if (restMs > 0) doing.restUntil = Date.now() + restMs;
  return doing;
}

/** Sends what is due until nothing is, the time is over, or the destination needs a rest. */
async function workOff(runner: Runner, before: Doing, tell: (doing: Doing) => void): Promise<void> {
  const { connection, destination, settings, deadline } = runner;
  let doing = before;
  while (Date.now() < deadline) {
    const due = await listDue(connection, destination, Date.now(), batchSize);
    if (due.length === 0) return;
    const lanes = lanesOf(due);
    for (let start = 0; start < lanes.length; start += maxConcurrentRequests) {
      const some = lanes.slice(start, start + maxConcurrentRequests);
      const outcomes = (await Promise.all(some.map((lane) => workOffLane(runner, lane)))).flat();
      doing = doingAfter(doing, outcomes, settings.retrySeconds);
      tell(doing);
      if (doing.restUntil > Date.now()) {
        const trouble = outcomes.find(({ result }) => result === 'failed');
        if (trouble !== undefined && !outcomes.some(({ result }) => result === 'delivered'))
          await expire(runner, trouble);
        return;
      }
      if (Date.now() >= deadline) return;
    }
  }
}

/** Queues a job for what is left, at the time at which it may be tried. */
async function wake(connection: Connection, destination: string, restUntil: number): Promise<void> {
  const next = await nextWaiting(connection, destination);
  if (next === null) return;
  const now = Date.now();
  const at = Math.max(Date.parse(next.nextAttemptAt), restUntil);
  if (at <= now) await deliverSoon(connection, destination);
  else if (await noteWake(connection, destination, at, now))
    await enqueueAt(connection, topics.deliver, new Date(at), { destination });
}

/**
 * Works off the deliveries of one destination, unless another runner is at it or the destination rests. A job that was lost
 * does no harm, and neither does one too many.
 */
export async function runDestination(connection: Connection, id: string): Promise<void> {
  const result = readNoticeSettings();
  if ('problem' in result) {
    log.error('notices not delivered', { error: result.problem });
    return;
  }
  const destination = await findDestination(connection, id);
  if (destination === null) return;
  const holder = newRevision();
  const now = Date.now();
  const before = await takeRun(connection, id, { holder, now });
  if (before === null) return;
  let doing: Doing = { ...before, restUntil: 0 };
  try {
    const endpoint = await findEndpoint(connection, destination);
    const runner = {
      connection,
      destination: id,
      endpoint,
      settings: result.settings,
      deadline: now + runTimeMs,
    };
    await workOff(runner, doing, (told) => {
      doing = told;
    });
  } finally {
    const { failures, restUntil, lastDeliveredAt, lastError } = doing;
    await returnRun(connection, id, holder, { failures, restUntil, lastDeliveredAt, lastError });
  }
  // What came while this runner had the destination found it taken, so it is looked for once more.
  await wake(connection, id, doing.restUntil);
}
