import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { DashboardSession } from '../dashboard-session';

/** Whether the ground of the page is darker than its text. */
function isDark(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(
    `getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).every((part) => part < 60)`,
  );
}

export function testTheme(session: () => DashboardSession): void {
  describe('the theme', () => {
    it('follows the system, also while the page is open', async () => {
      const page = await session().visit('/', { scheme: 'dark' });
      await page.getByRole('button', { name: 'Theme: system' }).waitFor();
      expect(await isDark(page)).toBe(true);
      await page.emulateMedia({ colorScheme: 'light' });
      expect(await isDark(page)).toBe(false);
    });

    it('can be chosen, and stays', async () => {
      const page = await session().visit('/', { scheme: 'light' });
      await page.getByRole('button', { name: 'Theme: system' }).click();
      await page.getByRole('button', { name: 'Theme: light' }).click();
      await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
      expect(await isDark(page)).toBe(true);
      await page.reload();
      await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
      expect(await isDark(page)).toBe(true);
      await page.getByRole('button', { name: 'Theme: dark' }).click();
      expect(await isDark(page)).toBe(false);
    });
  });
}
