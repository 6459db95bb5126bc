import { expect, it } from 'vitest';
import { whyNoRecorder } from './build-recorder';
import { runPowerLossCampaign, shortCampaign } from './campaign';

it('starts after every loss of power with every acknowledged event, counted once', async ({ skip }) => {
  const reason = whyNoRecorder();
  if (reason !== null) skip(reason);
  const { cuts, broken } = await runPowerLossCampaign({ ...shortCampaign, seed: 7 });
  expect(broken).toEqual([]);
  expect(cuts).toBe(shortCampaign.cuts);
}, 280_000);
