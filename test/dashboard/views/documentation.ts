import { expect, it } from 'vitest';
import { type DashboardSession, seriousFindings, shows } from '../dashboard-session';

/** The page of the API shares the origin in which the dashboard keeps the key. */
export function testDocumentation(getStage: () => DashboardSession): void {
  it('the documentation is read without a script and without another host', async () => {
    const { app, proxy } = getStage();
    for (const base of [app.url, proxy.url]) {
      const page = await getStage().visit('', { base });
      await page.goto(`${base}/docs`);
      await shows(page, 'Campaigns, one per tag');
      expect(await page.locator('script').count()).toBe(0);
      expect(await seriousFindings(page)).toEqual([]);
      const leadsNowhere = `[...document.querySelectorAll('a[href^="#"]')]
        .filter(({ hash }) => document.getElementById(hash.slice(1)) === null)
        .map(({ hash }) => hash)`;
      expect(await page.evaluate(leadsNowhere)).toEqual([]);
      await page.getByRole('link', { name: 'openapi.json' }).waitFor();
      const target = `[...document.links].find(({ textContent }) => textContent === 'openapi.json').href`;
      expect(await page.evaluate(target)).toBe(`${base}/openapi.json`);
    }
  });

  it('the documentation is shown in no frame, and lets no script in', async () => {
    const { app } = getStage();
    const policies = await Promise.all(
      ['/docs', '/dashboard'].map(async (path) => {
        const { headers } = await fetch(app.url + path);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        return headers.get('content-security-policy') ?? '';
      }),
    );
    for (const policy of policies) {
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/https?:|unsafe/);
    }
    expect(policies[0]).not.toContain('script-src');
  });
}
