import { describe, expect, it, vi } from 'vitest';
import { campaignAnalytics, ours } from './apps';
import { nothingBroken } from './figures';
import { runOutageCampaign } from './outage-trials';

// A space that starts slowly misses the minute in which the sweep is due, and waits for the next one.
vi.setConfig({ testTimeout: 180_000 });

const settings = { seed: 11, recipients: 40 };

describe.concurrent('a campaign through outages', () => {
  it('neither loses nor counts twice what this app has acknowledged', async () => {
    const { figures, rest } = await runOutageCampaign(ours, { ...settings, retrySignature: 'same' });
    expect(rest).toEqual({ isDone: true, differences: [] });
    expect(figures).toMatchObject(nothingBroken);
    expect(figures.attempts).toBeGreaterThan(figures.sent);
  });

  it('is seen to count twice by the published example, so that the figures mean something', async () => {
    const { figures } = await runOutageCampaign(campaignAnalytics, { ...settings, retrySignature: 'fresh' });
    expect(figures.loggedTwice).toBeGreaterThan(0);
    expect(figures.countedTwice).toBeGreaterThan(0);
    expect(figures.forged).toBeGreaterThan(0);
  });
});
