import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { column, type DashboardSession, known, shows, soon, tags } from '../dashboard-session';

function isSorted(numbers: readonly number[], direction: 1 | -1): boolean {
  return numbers.every((number, at) => at === 0 || (number - (numbers[at - 1] ?? 0)) * direction >= 0);
}

async function delivered(page: Page): Promise<number[]> {
  return (await column(page, 4)).map((text) => Number(text.replaceAll(',', '')));
}

export function testCampaigns(session: () => DashboardSession): void {
  describe('campaigns', () => {
    it('are sorted by a click on a heading, and the other way by another', async () => {
      const page = await session().visit('/campaigns');
      await shows(page, known.tag);
      const heading = page.getByRole('button', { name: /^Delivered/ });
      await heading.click();
      await page.locator('th[aria-sort="descending"]', { has: heading }).waitFor();
      await expect.poll(async () => isSorted(await delivered(page), -1), soon).toBe(true);
      await heading.click();
      await page.locator('th[aria-sort="ascending"]', { has: heading }).waitFor();
      await expect.poll(async () => isSorted(await delivered(page), 1), soon).toBe(true);
      expect((await delivered(page)).length).toBeGreaterThan(2);
    });

    it('say of how much of their mail a complaint can come', async () => {
      const page = await session().visit(`/campaigns/${known.tag}`);
      await shows(page, /Complaints can come from 100\u202f% of the delivered mail\.\s*$/);
    });

    it('are found while somebody types', async () => {
      const page = await session().visit('/campaigns');
      await shows(page, known.tag);
      await page.getByRole('searchbox').pressSequentially('spr');
      await expect.poll(() => column(page, 1), soon).toEqual([tags[0]]);
      await page.getByRole('searchbox').fill('nothing like it');
      await shows(page, 'No tag begins like this.');
      await page.getByRole('button', { name: 'Show all campaigns' }).click();
      await shows(page, known.tag);
    });

    it('can be saved as the table that the API gives', async () => {
      const { app } = session();
      const page = await session().visit('/campaigns?sort=tag');
      await shows(page, known.tag);
      const waiting = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export CSV' }).click();
      const download = await waiting;
      expect(download.suggestedFilename()).toBe('campaigns.csv');
      const answer = await fetch(`${app.url}/api/campaigns.csv?sort=tag`, {
        headers: { 'x-apikey': app.apiKey },
      });
      expect(await readFile(await download.path(), 'utf8')).toBe(await answer.text());
    });
  });

  describe('one campaign', () => {
    it('shows its funnel, its time line by hours or days, and its latest events', async () => {
      const page = await session().visit(`/campaigns/${known.tag}`);
      const funnel = page.getByRole('region', { name: 'Funnel' });
      await funnel.waitFor();
      expect(
        (await funnel.getByRole('listitem').allInnerTexts()).join(' ').replaceAll('\u202f', ' '),
      ).toMatch(
        /Accepted\s+2\s+Delivered\s+2\s+100 % of sent\s+Opened\s+1\s+50\.0 % of delivered\s+Clicked\s+1\s+50\.0 % of delivered/,
      );
      await page.getByRole('img', { name: /by hour/ }).waitFor();
      await page.getByRole('button', { name: 'Days' }).click();
      await page.getByRole('img', { name: /by day/ }).waitFor();
      expect(
        await page.getByRole('table', { name: 'Latest events' }).getByText('@known.example').count(),
      ).toBe(7);
    });

    it('says so when no event has its tag', async () => {
      const page = await session().visit('/campaigns/never-sent', { tolerated: /status of 404/ });
      await shows(page, 'No event has this tag.');
    });
  });
}
