import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { app, type httpRequest, type httpResponse } from 'codehooks-js';
import { stayBusy } from './busy';
import { exerciseDocuments } from './documents';
import {
  armCron,
  cronJob,
  enqueueJobs,
  failingWorker,
  lateTimeoutMs,
  lateWorker,
  orderedWorker,
  parallelWorker,
  scheduledWorker,
  singleWorker,
  timersWorker,
  topics,
} from './jobs';
import { note, notesOf, removeNotes } from './notes';
import { timeReads } from './reads';
import { exerciseStorage, isTtlAlive, raiseWithTtl } from './storage';

/**
 * A small app that does what Codehooks does not document, for `npm run verify -- --platform` to look at from
 * outside. It belongs into a space of its own: it writes documents, keys and jobs, and fails on purpose.
 */

/** Tells the instances of the app apart: modules are loaded once in each. */
const instance = randomUUID();

/** Whether the space's variables were there when the app was loaded. Set PROBE to anything. */
const variableAtLoad = process.env.PROBE !== undefined;

function runOf(request: httpRequest): string {
  return String(request.query.run ?? '');
}

/** A route that answers with what a function returns. */
function answering(see: (run: string, request: httpRequest) => Promise<object> | object) {
  return async (request: httpRequest, response: httpResponse): Promise<void> => {
    try {
      response.json(await see(runOf(request), request));
    } catch (error) {
      response.status(500).json({ error: error instanceof Error ? error.message : String(error) });
    }
  };
}

app.get(
  '/probe/about',
  answering(() => ({
    probe: 1,
    instance,
    node: process.version,
    variableAtLoad,
    variableNow: process.env.PROBE !== undefined,
  })),
);

app.post('/probe/after-response', async (request: httpRequest, response: httpResponse) => {
  response.json({ answered: true });
  await stayBusy(200);
  await note(runOf(request), 'after response');
});

app.get('/probe/throw', () => {
  throw new Error('The probe throws on purpose.');
});

// Open to everybody, as an app's own would be.
app.auth('/health', (_: httpRequest, __: httpResponse, next: () => void) => next());
app.get(
  '/health',
  answering(() => ({ probe: 1 })),
);

app.post('/probe/storage', answering(exerciseStorage));
app.post('/probe/documents', answering(exerciseDocuments));
app.post(
  '/probe/reads',
  answering((run, request) => timeReads(run, Number(request.query.size))),
);

/** Long behind the moment at which the client hangs up, also where that is late. In milliseconds. */
const heldMs = 4000;

/** Goes on for a while, for a client that hangs up. */
app.post('/probe/held', async (request: httpRequest, response: httpResponse) => {
  await stayBusy(heldMs);
  await note(runOf(request), 'client gone');
  response.end();
});

/** How many bytes of a body come, before or after something was waited for. */
const measuring = (waits: boolean) => async (request: httpRequest, response: httpResponse) => {
  if (waits) await Promise.resolve();
  let size = 0;
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
  });
  stream.on('end', () => response.json({ size }));
  request.pipe(stream);
};
app.post('/probe/stream-at-once', measuring(false));
app.post('/probe/stream-later', measuring(true));

app.post(
  '/probe/jobs',
  answering(async (run) => {
    await enqueueJobs(run);
    return { enqueued: true };
  }),
);

app.post(
  '/probe/ttl',
  answering(async (run) => {
    await raiseWithTtl(run);
    return { raised: true };
  }),
);
app.get(
  '/probe/ttl',
  answering(async (run) => ({ alive: await isTtlAlive(run) })),
);

app.post(
  '/probe/body',
  answering((_, request) => {
    const { rawBody, body }: { rawBody?: unknown; body?: unknown } = request;
    return {
      rawBody: typeof rawBody === 'string' ? rawBody.length : null,
      body: typeof body === 'object' && body !== null ? Object.keys(body).length : null,
    };
  }),
);

app.post(
  '/probe/cron',
  answering(async (run) => {
    await armCron(run);
    return { armed: true };
  }),
);

app.get(
  '/probe/notes',
  answering(async (run) => ({ items: await notesOf(run) })),
);
app.delete(
  '/probe/notes',
  answering(async (run) => {
    await removeNotes(run);
    return { removed: true };
  }),
);

app.worker(topics.failing, failingWorker);
app.worker(topics.single, singleWorker);
app.worker(topics.ordered, orderedWorker, { workers: 1 });
app.worker(topics.timers, timersWorker);
app.worker(topics.late, lateWorker, { workers: 1, timeout: lateTimeoutMs });
app.worker(topics.scheduled, scheduledWorker);
app.worker(topics.parallel, parallelWorker, { workers: 50 });
app.job('*/2 * * * * *', cronJob);

export default app.init();
