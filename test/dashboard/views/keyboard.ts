import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { type DashboardSession, drained, go, known, shows, soon } from '../dashboard-session';

interface Focused {
  name: string;
  isVisible: boolean;
  isInDialog: boolean;
}

/** What has the focus: its name, and whether that can be seen. */
function focused(page: Page): Promise<Focused> {
  return page.evaluate<Focused>(`(() => {
    const element = document.activeElement ?? document.body;
    const outlines = [getComputedStyle(element), getComputedStyle(element, '::after')];
    return {
      name:
        element === document.body
          ? ''
          : element.textContent.trim() || element.getAttribute('aria-label') || element.tagName,
      isVisible: outlines.some(
        ({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && outlineWidth !== '0px',
      ),
      isInDialog: element.closest('dialog') !== null,
    };
  })()`);
}

export function testKeyboard(session: () => DashboardSession): void {
  describe('by keyboard', () => {
    it('every view is reached, a line is opened, and the search is found', async () => {
      const page = await session().visit('/');
      await shows(page, 'Other');
      for (const [key, name] of [
        ['c', 'Campaigns'],
        ['a', 'Addresses'],
        ['s', 'Suppressions'],
        ['m', 'Messages'],
        ['t', 'Trouble'],
        ['o', 'Overview'],
        ['e', 'Events'],
      ] as const) {
        await page.keyboard.press('g');
        await page.keyboard.press(key);
        await page.getByRole('heading', { name, level: 1 }).waitFor();
        await expect.poll(async () => (await focused(page)).name, soon).toBe(name);
      }
      await page.keyboard.press('/');
      await page.keyboard.type(known.bob);
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('main tbody tr').count(), soon).toBe(3);
      await page.keyboard.press('Escape');
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('k');
      expect(await focused(page)).toMatchObject({ name: 'complained', isVisible: true });
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'complained' }).waitFor();
    });

    it('everything that has the focus shows it', async () => {
      const page = await session().visit('/trouble');
      await drained(page);
      const seen = new Set<string>();
      for (const view of ['/', '/events', '/campaigns', `/addresses/${known.bob}`]) {
        await go(page, view);
        await expect.poll(() => page.evaluate('document.activeElement.tagName'), soon).toBe('H1');
        for (let steps = 0; steps < 40; steps += 1) {
          await page.keyboard.press('Tab');
          const now = await focused(page);
          if (now.name === '') break;
          seen.add(now.name);
          expect({ view, name: now.name, isVisible: now.isVisible }).toEqual({
            view,
            name: now.name,
            isVisible: true,
          });
        }
      }
      expect(seen.size).toBeGreaterThan(30);
    });

    it('a dialog keeps the focus and gives it back', async () => {
      const page = await session().visit(`/addresses/${known.bob}`);
      await page.getByRole('button', { name: 'Erase …' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Erase this person?' }).waitFor();
      for (let steps = 0; steps < 6; steps += 1) {
        expect(await focused(page)).toSatisfy(({ name, isInDialog }) => isInDialog || name === '');
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect((await focused(page)).name).toBe('Erase …');

      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
      await shows(page, 'Next line');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect((await focused(page)).name).toBe('Erase …');
    });
  });
}
