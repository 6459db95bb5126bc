import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { type DashboardSession, shows } from '../dashboard-session';

const refused = /status of 40[13]/;

async function give(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Open the dashboard' }).click();
}

export function testKey(session: () => DashboardSession): void {
  describe('the API key', () => {
    it('is asked for once, and a wrong one is refused in words', async () => {
      const page = await session().visit('/campaigns', { hasKey: false, tolerated: refused });
      await give(page, 'wrong');
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').textContent()).toMatch(
        /refused this API key .* belongs to this space/,
      );
      await give(page, session().app.apiKey);
      await page.getByRole('heading', { name: 'Campaigns' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Campaigns' }).waitFor();
    });

    it('is kept in the tab and nowhere else', async () => {
      const { apiKey } = session().app;
      const page = await session().visit('', { hasKey: false });
      await give(page, apiKey);
      await shows(page, 'Other');
      expect(await page.evaluate('Object.values(sessionStorage)')).toEqual([apiKey]);
      expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(apiKey);
      expect(await page.context().cookies()).toEqual([]);
      expect(page.url()).not.toContain(apiKey);
      expect(
        session()
          .requestsOf(page)
          .filter((url) => url.includes(apiKey)),
      ).toEqual([]);

      const other = await page.context().newPage();
      await other.goto(page.url());
      await other.getByLabel('API key').waitFor();
    });

    it('is forgotten on demand', async () => {
      const page = await session().visit('', { hasKey: false });
      await give(page, session().app.apiKey);
      await page.getByRole('button', { name: 'Forget the key' }).click();
      await page.getByLabel('API key').waitFor();
      expect(await page.evaluate('sessionStorage.length')).toBe(0);
    });
  });

  describe('the page', () => {
    it('comes with a policy under which only its own script and style run', async () => {
      const response = await fetch(`${session().app.url}/dashboard`);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).not.toMatch(/unsafe|\*|http:|https:/);
      for (const rule of [
        "default-src 'none'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
      ])
        expect(policy).toContain(rule);
      expect(policy).toMatch(/script-src 'sha256-[^']+'(;|$)/);
      expect(policy).toMatch(/style-src 'sha256-[^']+'(;|$)/);

      const page = await session().visit('', { tolerated: /Content Security Policy/ });
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      const broken = await page.evaluate(`new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
        const script = document.createElement('script');
        script.textContent = 'window.hacked = 1';
        document.body.append(script);
      })`);
      expect(broken).toBe('script-src-elem');
    });
  });
}
