import { describe, expect, it } from 'vitest';
import { type DashboardSession, go, known, seriousFindings, shows, sidewaysRoom } from '../dashboard-session';
import { everyView } from '../every-view';

export function testAccessibility(session: () => DashboardSession): void {
  describe('axe finds nothing serious', () => {
    it.each(['light', 'dark'] as const)('in any view, %s', async (scheme) => {
      const page = await session().visit('', { scheme });
      for (const { name, view, data } of await everyView(session())) {
        await go(page, view);
        await shows(page, data);
        expect({ name, found: await seriousFindings(page, scheme) }).toEqual({ name, found: [] });
      }
    });

    it.each(['light', 'dark'] as const)('in a dialog, and where the key is asked for, %s', async (scheme) => {
      const page = await session().visit(`/addresses/${known.bob}`, { scheme });
      await page.getByRole('button', { name: 'Erase …' }).click();
      await page.getByRole('dialog').waitFor();
      expect(await seriousFindings(page, scheme)).toEqual([]);
      const gate = await session().visit('', { scheme, hasKey: false });
      await gate.getByLabel('API key').waitFor();
      expect(await seriousFindings(gate, scheme)).toEqual([]);
    });
  });

  it('fits a phone in every view, without scrolling sideways', async () => {
    const page = await session().visit('', { isPhone: true });
    for (const { name, view, data } of await everyView(session())) {
      await go(page, view);
      await page.getByText(data).first().waitFor({ state: 'attached' });
      expect({ name, room: await sidewaysRoom(page) }).toEqual({ name, room: 0 });
      expect({ name, found: await seriousFindings(page) }).toEqual({ name, found: [] });
    }
  });
}
