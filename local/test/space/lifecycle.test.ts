import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startTour, temporaryFolder, writeBundle } from './tour';

const emptyApp = () => writeBundle('var EntryPoint = { default: { routehooks: {} } };');

it('a space that is started again on its data folder has what it had', async () => {
  const directory = temporaryFolder();
  const first = await startTour({ directory });
  await first.connection.insertOne('visits', { place: 'Oslo' });
  await first.stop();
  const second = await startTour({ directory });
  expect(await (await second.call('/visits')).json()).toMatchObject([{ place: 'Oslo' }]);
  await second.stop();
});

it('a data folder belongs to one space at a time', async () => {
  const directory = temporaryFolder();
  const first = await startTour({ directory });
  await expect(startTour({ directory })).rejects.toThrow(/Another space is running/);
  await first.stop();
  await (await startTour({ directory })).stop();
});

it('a port belongs to one program at a time', async () => {
  const first = await startTour({ app: emptyApp() });
  const second = startTour({ app: emptyApp(), port: first.port });
  await expect(second).rejects.toThrow(`Port ${first.port} is in use`);
});

it('a test can stand between the app and its storage', async () => {
  const tour = await startTour({
    wrapConnection: (connection) => ({
      ...connection,
      enqueue: () => Promise.reject(new Error('the queue is full')),
    }),
  });
  await tour.call('/enqueue/visitor', { method: 'POST' });
  expect(tour.logged.map(({ text }) => text).join()).toContain('the queue is full');
  await tour.stop();
});

it('what runs when a space stops is let to its end', async () => {
  const tour = await startTour();
  const signal = join(temporaryFolder(), 'go');
  const request = tour.call(`/patient?until=${signal}`);
  await expect.poll(() => tour.connection.get('patient')).toBe('waits');
  const stopped = tour.stop();
  writeFileSync(signal, '');
  await stopped;
  expect(await (await request).json()).toEqual({ patient: 'released' });
});
