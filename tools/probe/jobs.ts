import { type httpRequest, type httpResponse, schedule } from 'codehooks-js';
import { stayBusy } from './busy';
import { connect, note } from './notes';
import { see } from './see';

export const topics = {
  failing: 'probeFailing',
  single: 'probeSingle',
  ordered: 'probeOrdered',
  timers: 'probeTimers',
  late: 'probeLate',
  scheduled: 'probeScheduled',
  parallel: 'probeParallel',
} as const;

/** How long a worker of `late` may take, and how long it takes, in milliseconds. */
export const lateTimeoutMs = 1000;
const lateMs = 2500;
/** When a scheduled job is to start, in milliseconds from now. */
const scheduledMs = 3000;
/** How many jobs show how many run at once, and how long each takes. */
const parallelJobs = 10;
const parallelMs = 1000;
/** How long a timer is waited for. */
const timerMs = 1500;

/** How many jobs show in which order they are taken. */
const orderedJobs = 12;

/** How long the first of them keeps its worker busy, so that the others wait together, in milliseconds. */
const busy = 1500;

export async function enqueueJobs(run: string): Promise<void> {
  const connection = await connect();
  await connection.enqueue(topics.failing, { run });
  await connection.enqueue(topics.single, { run });
  for (let number = 0; number < orderedJobs; number += 1) {
    await connection.enqueue(topics.ordered, { run, number });
  }
  await connection.enqueue(topics.timers, { run });
  await connection.enqueue(topics.late, { run });
  for (let number = 0; number < parallelJobs; number += 1) {
    await connection.enqueue(topics.parallel, { run, number });
  }
  const scheduled = await see(() =>
    schedule.runAt(new Date(Date.now() + scheduledMs), { run }, topics.scheduled),
  );
  await note(run, 'scheduling', 'rejected' in scheduled ? 'rejected' : 'resolved');
}

/** Which timers there are in a worker, and whether one fires. */
export async function timersWorker(request: httpRequest, response: httpResponse): Promise<void> {
  const { run } = payloadOf(request);
  let interval = 'runs';
  try {
    clearInterval(setInterval(() => {}, 1000));
  } catch {
    interval = 'throws';
  }
  const immediate = typeof setImmediate;
  let hasFired = false;
  setTimeout(() => {
    hasFired = true;
  }, 10);
  await stayBusy(timerMs, () => hasFired);
  await note(run, 'timers', JSON.stringify({ interval, immediate, hasFired }));
  response.end();
}

/** Takes longer than it may, so that a platform that kills it is found out. */
export async function lateWorker(request: httpRequest, response: httpResponse): Promise<void> {
  const { run } = payloadOf(request);
  await stayBusy(lateMs);
  await note(run, 'late job');
  response.end();
}

export async function scheduledWorker(request: httpRequest, response: httpResponse): Promise<void> {
  await note(payloadOf(request).run, 'scheduled job');
  response.end();
}

export async function parallelWorker(request: httpRequest, response: httpResponse): Promise<void> {
  const { run, number } = payloadOf(request);
  await note(run, 'parallel start', number);
  await stayBusy(parallelMs);
  await note(run, 'parallel end', number);
  response.end();
}

function payloadOf(request: httpRequest): { run: string; number: number } {
  const body: unknown = request.body;
  const payload: unknown =
    typeof body === 'object' && body !== null && 'payload' in body ? body.payload : null;
  if (typeof payload !== 'object' || payload === null) return { run: '', number: 0 };
  const run = 'run' in payload ? String(payload.run) : '';
  return { run, number: 'number' in payload ? Number(payload.number) : 0 };
}

/** Fails each time, so that a platform that tries again calls it again. */
export async function failingWorker(request: httpRequest): Promise<void> {
  await note(payloadOf(request).run, 'failing job');
  throw new Error('The probe fails on purpose.');
}

export async function singleWorker(request: httpRequest, response: httpResponse): Promise<void> {
  await note(payloadOf(request).run, 'single job');
  response.end();
}

export async function orderedWorker(request: httpRequest, response: httpResponse): Promise<void> {
  const { run, number } = payloadOf(request);
  // Notes are told apart by their milliseconds.
  await stayBusy(number === 0 ? busy : 5);
  await note(run, 'ordered job', number);
  response.end();
}

/** How long a run of the clock's job takes: longer than the pause between two, in milliseconds. */
const cronRun = 5000;

/** For how long after it was armed the clock's job does anything, in milliseconds. */
const armedFor = 12_000;

/** Arms the clock's job for a run of the probe; otherwise it ends at once. */
export async function armCron(run: string): Promise<void> {
  const connection = await connect();
  await connection.set('armed', JSON.stringify({ run, until: Date.now() + armedFor }), {
    keyspace: 'probe',
    ttl: armedFor,
  });
}

export async function cronJob(_: httpRequest, response: httpResponse): Promise<void> {
  const connection = await connect();
  const armed: unknown = await connection.get('armed', { keyspace: 'probe', ttl: armedFor });
  const state: unknown = typeof armed === 'string' ? JSON.parse(armed) : null;
  if (typeof state === 'object' && state !== null && 'run' in state && 'until' in state) {
    if (Date.now() < Number(state.until)) {
      const id = `${Date.now()}-${Math.random()}`;
      await note(String(state.run), 'cron start', id);
      await stayBusy(cronRun);
      await note(String(state.run), 'cron end', id);
    }
  }
  response.end();
}
