import { describe, expect, onTestFinished, test } from 'vitest';
import type { Json } from '../../connection';
import { Dispatcher, type DispatcherOptions, type JobQueue } from '../../queue';
import { type Switches, usual } from '../../switches/switches';
import { newStorage } from './support';

/** A dispatcher that is stopped after the test, with the lines that it logged. */
function newDispatcher(
  queue: JobQueue,
  switches: Partial<Switches> = {},
  retry?: DispatcherOptions['retry'],
  maxAtOnce?: number,
) {
  const lines: string[] = [];
  const dispatcher = new Dispatcher({
    queue,
    switches: { ...usual, jobOrder: 'fifo', ...switches },
    log: (line) => lines.push(line),
    ...(retry && { retry }),
    ...(maxAtOnce && { maxAtOnce }),
  });
  onTestFinished(() => dispatcher.stop(0));
  return { dispatcher, lines };
}

/** A promise and the function that resolves it. */
function signal(): { done: Promise<void>; fire: () => void } {
  let fire: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return { done, fire };
}

/** A worker that notes payloads and a promise for the moment when it has seen enough. */
function collector(enough: number) {
  const seen: Json[] = [];
  const { done, fire } = signal();
  const run = async ({ payload }: { payload: Json }) => {
    seen.push(payload);
    if (seen.length === enough) fire();
  };
  return { seen, done, run };
}

/** Waits for a condition that an event of the process under test brings about. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('jobs', () => {
  test('are described by enqueue and delivered as described', async () => {
    const { connection, storage } = newStorage();
    const job = await connection.enqueue('t', { n: 1, at: new Date(0) });
    expect(job).toMatchObject({ topic: 't', payload: { n: 1, at: '1970-01-01T00:00:00.000Z' } });
    const { dispatcher } = newDispatcher(storage.queue);
    const delivered = await new Promise<unknown>((resolve) => {
      dispatcher.register('t', {}, async (one) => resolve(one));
      dispatcher.start();
    });
    expect(delivered).toMatchObject({ ...Object(job), attempts: 0 });
    await until(() => storage.queue.pending() === 0);
    await expect(connection.enqueue('', {})).rejects.toThrow('topic');
  });

  test('start in the order in which they were enqueued', async () => {
    const { connection, storage } = newStorage();
    const { dispatcher } = newDispatcher(storage.queue);
    const { seen, done, run } = collector(300);
    dispatcher.register('t', {}, run);
    dispatcher.start();
    for (let n = 0; n < 300; n += 1) await connection.enqueue('t', n);
    await done;
    expect(seen).toEqual(Array.from({ length: 300 }, (_, n) => n));
  });

  test('start in any order under that switch, each once', async () => {
    const { connection, storage } = newStorage();
    for (let n = 0; n < 300; n += 1) await connection.enqueue('t', n);
    const { dispatcher } = newDispatcher(storage.queue, { jobOrder: 'any' });
    const { seen, done, run } = collector(300);
    dispatcher.register('t', {}, run);
    dispatcher.start();
    await done;
    const inOrder = Array.from({ length: 300 }, (_, n) => n);
    expect(seen).not.toEqual(inOrder);
    expect(seen.map(Number).sort((a, b) => a - b)).toEqual(inOrder);
  });

  test('of a query carry the documents and their ids', async () => {
    const { connection, storage } = newStorage();
    await connection.insertOne(
      'c',
      [1, 2, 3, 4].map((n) => ({ _id: `d${n}`, n })),
    );
    const options = { sort: { n: 1 as const }, limit: 2, reverse: true };
    const result = await connection.enqueueFromQuery('c', { n: { $gt: 1 } }, 't', options);
    expect(result).toMatchObject({ count: 2, JobId: expect.any(String) });
    expect(storage.queue.ready('t', 10)).toMatchObject([
      { _id: 'd4', payload: { _id: 'd4', n: 4 } },
      { _id: 'd3', payload: { _id: 'd3', n: 3 } },
    ]);
  });

  test('without a worker stay', async () => {
    const { connection, storage } = newStorage();
    const { dispatcher } = newDispatcher(storage.queue);
    const { done, run } = collector(1);
    await connection.enqueue('nobody', 1);
    await connection.enqueue('t', 1);
    dispatcher.register('t', {}, run);
    dispatcher.start();
    await done;
    await dispatcher.stop();
    expect(storage.queue.pending('nobody')).toBe(1);
    expect(storage.queue.pending()).toBe(1);
  });

  test.each([
    [3, undefined, 3],
    [3, 2, 2],
    [2, 3, 2],
  ])(
    'run as many at once as a topic has workers (%s), and as the process can do (%s)',
    async (workers, maxAtOnce, expected) => {
      const { connection, storage } = newStorage();
      const { dispatcher } = newDispatcher(storage.queue, {}, undefined, maxAtOnce);
      let active = 0;
      let most = 0;
      let left = 40;
      const { done, fire } = signal();
      dispatcher.register('t', { workers }, async () => {
        active += 1;
        most = Math.max(most, active);
        await new Promise((resolve) => setImmediate(resolve));
        active -= 1;
        left -= 1;
        if (left === 0) fire();
      });
      for (let n = 0; n < 40; n += 1) await connection.enqueue('t', n);
      dispatcher.start();
      await done;
      expect(most).toBe(expected);
    },
  );

  test('are delivered to two workers at once under that switch and still leave the queue', async () => {
    const { connection, storage } = newStorage();
    const { dispatcher } = newDispatcher(storage.queue, { jobDelivery: 'twice' });
    const { seen, done, run } = collector(4);
    dispatcher.register('t', {}, run);
    await connection.enqueue('t', 'a');
    await connection.enqueue('t', 'b');
    dispatcher.start();
    await done;
    expect(seen).toEqual(['a', 'a', 'b', 'b']);
    await until(() => storage.queue.pending() === 0);
  });
});

describe('delayed jobs', () => {
  test('wait for their time, also across a restart', async () => {
    let time = Date.parse('2030-01-01');
    const { connection, storage } = newStorage({ now: () => time });
    const due = new Date(time + 60_000);
    expect(await connection.runAt(due, { n: 1 }, 't')).toMatchObject({ date: due.toISOString(), topic: 't' });
    await connection.enqueue('t', 'now');
    const first = newDispatcher(storage.queue);
    const { seen, done, run } = collector(2);
    first.dispatcher.register('t', {}, run);
    first.dispatcher.start();
    await until(() => storage.queue.pending() === 1);
    await first.dispatcher.stop();
    expect(seen).toEqual(['now']);
    const second = newDispatcher(storage.queue);
    second.dispatcher.register('t', {}, run);
    time += 60_000;
    second.dispatcher.start();
    await done;
    expect(seen).toEqual(['now', { n: 1 }]);
    await expect(connection.runAt(new Date(Number.NaN), {}, 't')).rejects.toThrow('date');
  });

  test('are found by the timer alone', async () => {
    let time = 0;
    const { connection, storage } = newStorage({ now: () => time });
    await connection.runAt(new Date(1000), 1, 't');
    const { dispatcher } = newDispatcher(storage.queue);
    const { done, run } = collector(1);
    dispatcher.register('t', {}, run);
    dispatcher.start();
    time = 1000;
    await done;
  });
});

describe('a job that fails', () => {
  test('is dropped under that switch', async () => {
    const { connection, storage } = newStorage();
    const { dispatcher, lines } = newDispatcher(storage.queue, { failedJob: 'dropped' });
    dispatcher.register('t', {}, async () => {
      throw new Error('poison');
    });
    await connection.enqueue('t', 1);
    dispatcher.start();
    await until(() => storage.queue.pending() === 0);
    expect(lines).toEqual(['A job of t failed (attempt 1): poison']);
    expect(storage.queue.failed()).toEqual([]);
  });

  test('is retried with growing pauses and kept at last', async () => {
    let time = 0;
    const { connection, storage } = newStorage({ now: () => time });
    const { dispatcher } = newDispatcher(
      storage.queue,
      { failedJob: 'retried' },
      { firstDelay: 100, maxDelay: 250, attempts: 4 },
    );
    const starts: number[] = [];
    dispatcher.register('t', {}, async ({ attempts }) => {
      expect(attempts).toBe(starts.length);
      starts.push(time);
      throw new Error('poison');
    });
    await connection.enqueue('t', { n: 1 });
    dispatcher.start();
    for (const [at, wait] of [0, 100, 200, 250].entries()) {
      if (at > 0) {
        time += wait - 1;
        dispatcher.wake();
        await new Promise((resolve) => setImmediate(resolve));
        expect(starts).toHaveLength(at);
        time += 1;
        dispatcher.wake();
      }
      await until(() => starts.length === at + 1 && storage.queue.ready('t', 1).length === 0);
    }
    await until(() => storage.queue.pending() === 0);
    expect(starts).toEqual([0, 100, 300, 550]);
    expect(storage.queue.failed()).toMatchObject([
      { topic: 't', payload: { n: 1 }, attempts: 4, error: 'poison' },
    ]);
  });

  test('blocks neither its topic nor others', async () => {
    const { connection, storage } = newStorage();
    const { dispatcher } = newDispatcher(
      storage.queue,
      { failedJob: 'retried' },
      { firstDelay: 1e9, maxDelay: 1e9, attempts: 9 },
    );
    const good = collector(1);
    const other = collector(1);
    dispatcher.register('t', {}, async (job) => {
      if (job.payload === 'poison') throw new Error('poison');
      await good.run(job);
    });
    dispatcher.register('other', {}, other.run);
    await connection.enqueue('t', 'poison');
    await connection.enqueue('t', 'good');
    await connection.enqueue('other', 'good');
    dispatcher.start();
    await Promise.all([good.done, other.done]);
    await until(() => storage.queue.pending() === 1);
  });

  test('by never ending blocks one worker, until its timeout', async () => {
    const { connection, storage } = newStorage();
    const { dispatcher, lines } = newDispatcher(storage.queue, { failedJob: 'dropped' });
    const good = collector(2);
    const other = collector(1);
    const run = async (job: { payload: Json }) => {
      if (job.payload === 'endless') await new Promise(() => {});
      await good.run(job);
    };
    dispatcher.register('two', { workers: 2 }, run);
    dispatcher.register('timed', { timeout: 30 }, run);
    dispatcher.register('other', {}, other.run);
    for (const topic of ['two', 'timed']) {
      await connection.enqueue(topic, 'endless');
      await connection.enqueue(topic, 'good');
    }
    await connection.enqueue('other', 'good');
    dispatcher.start();
    await Promise.all([good.done, other.done]);
    expect(lines).toEqual(['A job of timed failed (attempt 1): timed out after 30 ms']);
    await until(() => storage.queue.pending() === 1);
  });
});

describe('stopping', () => {
  test('lets running jobs end and leaves the rest', async () => {
    const { connection, storage } = newStorage();
    const { dispatcher } = newDispatcher(storage.queue);
    const started = signal();
    const finish = signal();
    let runs = 0;
    dispatcher.register('t', {}, async () => {
      runs += 1;
      started.fire();
      await finish.done;
    });
    for (let n = 0; n < 3; n += 1) await connection.enqueue('t', n);
    dispatcher.start();
    await started.done;
    const stopped = dispatcher.stop();
    finish.fire();
    await stopped;
    expect(runs).toBe(1);
    expect(storage.queue.pending()).toBe(2);
    dispatcher.start();
    await until(() => storage.queue.pending() === 0);
    expect(runs).toBe(3);
  });

  test('does not wait for ever; what did not end is delivered again', async () => {
    const { connection, storage } = newStorage();
    const first = newDispatcher(storage.queue);
    const started = signal();
    first.dispatcher.register('t', {}, async () => {
      started.fire();
      await new Promise(() => {});
    });
    await connection.enqueue('t', 1);
    first.dispatcher.start();
    await started.done;
    await first.dispatcher.stop(10);
    const second = newDispatcher(storage.queue);
    const { done, run } = collector(1);
    second.dispatcher.register('t', {}, run);
    second.dispatcher.start();
    await done;
  });
});
