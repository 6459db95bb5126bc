import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { type DashboardSession, drained, known, soon, tags } from '../dashboard-session';

/** What somebody has chosen in a view, and what it shows for that. */
async function choiceIn(page: Page): Promise<unknown> {
  await drained(page);
  return page.evaluate(`(() => {
    const all = (selector) => [...document.querySelectorAll('main ' + selector)];
    return {
      title: document.querySelector('h1')?.textContent,
      pressed: all('[aria-pressed="true"]').map((button) => button.textContent.replace(/[\\d.,\\s]+.*$/, '')),
      fields: all('input').map((field) => field.value),
      choices: all('select').map((field) => field.value),
      order: all('th[aria-sort$="ending"]').map((cell) => cell.textContent),
      charts: all('svg[role="img"]').map((chart) => chart.getAttribute('aria-label')),
      lines: all('[data-line]').map((line) => line.getAttribute('href')),
    };
  })()`);
}

const views: ReadonlyArray<{ name: string; view: string; choose: (page: Page) => Promise<unknown> }> = [
  {
    name: 'the overview',
    view: '/',
    choose: async (page) => {
      await page.getByRole('button', { name: '7 days' }).click();
      await page.getByRole('button', { name: /^Complained/ }).click();
      await page.getByRole('img', { name: /clicked, complained by day, 7 days/ }).waitFor();
    },
  },
  {
    name: 'campaigns',
    view: '/campaigns',
    choose: async (page) => {
      await page.getByRole('button', { name: /^Open/ }).click();
      await page.getByRole('searchbox').fill('n');
      await page.locator('th[aria-sort="descending"]', { hasText: 'Open' }).waitFor();
      await expect.poll(() => page.locator('main tbody tr').count(), soon).toBe(1);
    },
  },
  {
    name: 'a campaign',
    view: `/campaigns/${tags[0]}`,
    choose: async (page) => {
      await page.getByRole('button', { name: 'Hours' }).click();
      await page.getByRole('button', { name: /^Accepted/ }).click();
      await page.getByRole('button', { name: /^Delivered/ }).click();
      await page.getByRole('img', { name: /Messages accepted, opened, clicked by hour/ }).waitFor();
    },
  },
  {
    name: 'addresses',
    view: '/addresses',
    choose: async (page) => {
      await page.getByRole('button', { name: 'Bounced' }).click();
      await page.getByRole('searchbox').fill('r1');
      await expect
        .poll(() => page.locator('main tbody th').allInnerTexts(), soon)
        .toSatisfy((texts: string[]) => texts.length > 0 && texts.every((text) => text.startsWith('r1')));
    },
  },
  {
    name: 'events',
    view: '/events',
    choose: async (page) => {
      await page.getByLabel('Type of event').selectOption('delivered');
      await page.getByLabel('Tag', { exact: true }).fill(known.tag);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'More filters' }).click();
      await page.getByLabel('First day').fill('2026-01-01');
      await expect.poll(() => page.locator('main tbody tr').count(), soon).toBe(2);
    },
  },
];

export function testLinks(session: () => DashboardSession): void {
  describe('a link', () => {
    it.each(views)('brings back what was chosen in $name', async ({ view, choose }) => {
      const page = await session().visit(view);
      await choose(page);
      const before = await choiceIn(page);
      await page.reload();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect.poll(() => choiceIn(page), soon).toEqual(before);
    });

    it('leads back to the list as it was', async () => {
      const page = await session().visit(`/events?event=clicked&tag=${known.tag}`);
      await page.getByRole('link', { name: 'clicked' }).click();
      // Before the event is there, the last link of that name is the one of the navigation.
      await page.locator('a.back', { hasText: 'Events' }).click();
      await expect.poll(() => page.url(), soon).toContain(`event=clicked&tag=${known.tag}`);
    });
  });
}
