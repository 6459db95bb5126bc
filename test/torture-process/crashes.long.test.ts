import { expect, it, vi } from 'vitest';
import { runCrashCampaign } from './crash-trials';
import { nothingBroken } from './figures';

// A space that starts slowly misses the minute in which the sweep is due, and waits for the next one.
vi.setConfig({ testTimeout: 180_000 });

it('keeps every acknowledged event and counts it once, however often the process is killed', async () => {
  const result = await runCrashCampaign({ seed: 3, recipients: 50, kills: 3, bundleEvery: 0, factor: 3000 });
  expect(result).toMatchObject({ isDone: true, differences: [], dead: 0 });
  expect(result.figures).toMatchObject(nothingBroken);
});
