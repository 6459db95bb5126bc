import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readObject, startTour, type Tour } from './tour';

let tour: Tour;
beforeAll(async () => {
  tour = await startTour();
});
beforeEach(async () => {
  await tour.connection.removeMany('visits', {});
});

const post = async (path: string, payload: object) => {
  const body = JSON.stringify(payload);
  const response = await tour.call(path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  return readObject(response);
};
const logged = () => tour.logged.map(({ text }) => text).join('\n');
const visits = () => tour.connection.getMany('visits').toArray();
const places = async () => (await visits()).map(({ place }) => place);

describe('a worker', () => {
  it('receives the job that a handler enqueued', async () => {
    const job = await post('/enqueue/visitor', { place: 'Oslo' });
    await expect.poll(visits).toMatchObject([{ place: 'Oslo', jobId: job.jobId }]);
  });

  it('receives a job at the time that was set', async () => {
    await post('/later', { place: 'Rome' });
    await expect.poll(places).toEqual(['Rome']);
  });

  it('is done when it returns without ending its response', async () => {
    await post('/enqueue/returner', { place: 'first' });
    await post('/enqueue/returner', { place: 'second' });
    await expect.poll(async () => (await places()).sort()).toEqual(['first', 'second']);
  });

  it('is ended with its response', async () => {
    await post('/enqueue/talker', { place: 'too late' });
    await post('/enqueue/visitor', { place: 'in time' });
    await expect.poll(places).toEqual(['in time']);
  });

  it('that ends with a status of failure has failed', async () => {
    await post('/enqueue/refuser', {});
    await expect.poll(logged).toContain('worker refuser: Error: The job ended with status 500.');
  });

  it('that takes too long gives way to the next job', async () => {
    await post('/enqueue/sleeper', { asleep: true });
    await post('/enqueue/sleeper', {});
    await expect.poll(places).toEqual(['awake']);
    await expect.poll(logged).toContain('timed out after 50 ms');
  });

  it('that throws harms neither the space nor the jobs after it', async () => {
    await post('/enqueue/thrower', {});
    await expect.poll(logged).toContain('the worker broke');
    await post('/enqueue/visitor', { place: 'Paris' });
    await expect.poll(places).toEqual(['Paris']);
  });
});

describe('a scheduled job', () => {
  it('runs, with its id in the response', async () => {
    await tour.runJobs('0 0 1 1 *');
    expect(await visits()).toMatchObject([{ place: 'new year', jobId: expect.any(String) }]);
  });

  it('that fails is logged and harms no other', async () => {
    await tour.runJobs();
    expect(await places()).toEqual(['new year']);
    expect(logged()).toContain('job 30 0 0 1 2 *: Error: the job broke');
  });
});

it('the startup hook has run before the first request', async () => {
  expect(await tour.connection.get('started')).toBe('yes');
});
