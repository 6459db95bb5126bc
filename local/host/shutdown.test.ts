import { expect, it } from 'vitest';
import { Shutdown } from './shutdown';

it('runs every step in reverse order, also after one that fails, and tells every failure', async () => {
  const shutdown = new Shutdown();
  const steps: string[] = [];
  const step = (name: string, fails: boolean) => () => {
    steps.push(name);
    if (fails) throw new Error(`${name} failed`);
  };
  shutdown.push(step('storage', true));
  shutdown.push(step('log', false));
  shutdown.push(step('server', true));
  await expect(shutdown.run(0)).rejects.toThrow('server failed; storage failed');
  expect(steps).toEqual(['server', 'log', 'storage']);
  await expect(shutdown.run(0)).rejects.toThrow('server failed; storage failed');
  expect(steps).toHaveLength(3);
});
