import { randomUUID } from 'node:crypto';
import { app, type httpRequest, type httpResponse } from 'codehooks-js';
import { armCron, cronJob, enqueueJobs, failingWorker, orderedWorker, singleWorker, topics } from './jobs';
import { note, notesOf, removeNotes } from './notes';
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
  await new Promise((resolve) => setTimeout(resolve, 200));
  await note(runOf(request), 'after response');
});

app.get('/probe/throw', () => {
  throw new Error('The probe throws on purpose.');
});

app.post('/probe/storage', answering(exerciseStorage));

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
app.job('*/2 * * * * *', cronJob);

export default app.init();
