import { afterEach, expect, it, vi } from 'vitest';
import { type App, event, startApp } from './app';

let app: App;
afterEach(() => app.stop());

it('requests without a signature leave a few lines in the log, which tell how many there were', async () => {
  const lines: string[] = [];
  const print = vi.spyOn(console, 'warn').mockImplementation((line) => lines.push(String(line)));
  app = await startApp('bundle');
  await app.send(event('delivered'));
  for (let batch = 0; batch < 20; batch += 1)
    await Promise.all(Array.from({ length: 20 }, () => app.send(event('delivered'), null)));
  await app.runJobs('* * * * *');
  print.mockRestore();
  const refused = lines.filter((line) => line.includes('webhook refused'));
  const told = refused.map((line) => Number(/ times=(\d+)$/.exec(line)?.[1] ?? 1));
  expect(told.reduce((sum, times) => sum + times, 0)).toBe(400);
  // One that begins a minute, and one for all others of it.
  expect(refused.length).toBeLessThan(20);
});
