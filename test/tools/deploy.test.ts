import { describe, expect, it, onTestFinished } from 'vitest';
import { signingKey, startApp } from '../app/app';
import { accepted, adminToken, env, gateway, project } from './deploy-target';
import { runTool } from './run-tool';

describe('npm run deploy', { timeout: 120_000 }, () => {
  it('checks, builds, deploys what was compiled, and verifies the space', async () => {
    const app = await startApp('bundle');
    onTestFinished(() => app.stop());
    const { url, bundles } = await gateway(accepted);
    const folder = await project();
    const run = await runTool(
      'deploy',
      [],
      {
        ...env(url),
        SPACE_URL: app.url,
        SPACE_API_KEY: app.apiKey,
        MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
      },
      folder,
    );
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out.match(/ran \w+/g)).toEqual(['ran lint', 'ran typecheck', 'ran page', 'ran test']);
    expect(run.out).toContain('Deployed Codehook successfully');
    expect(run.out).toContain('https://mails-ab12.api.codehooks.io/prod/mailgun/events');
    expect(run.out).toMatch(/All \d+ checks hold/);
    expect(bundles).toHaveLength(1);
    expect(bundles[0]).toContain('EntryPoint');
    for (const secret of [adminToken, signingKey, app.apiKey])
      expect(run.out + run.err).not.toContain(secret);
  });

  it.each(['lint', 'typecheck', 'page', 'test'])('deploys nothing when npm run %s fails', async (script) => {
    const { url, bundles } = await gateway(accepted);
    const folder = await project({ [script]: 'node -e "process.exit(1)"' });
    const run = await runTool('deploy', [], env(url), folder);
    expect(run.code).toBe(1);
    expect(run.err).toContain(`Nothing was deployed: "npm run ${script}" failed`);
    expect(bundles).toEqual([]);
  });

  it('refuses a command line with a sentence and code 2', async () => {
    const run = await runTool('deploy', ['--admintoken', 'x'], {}, await project());
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain('Put the admin token into CODEHOOKS_ADMIN_TOKEN');
  });

  it('asks for a project', async () => {
    const run = await runTool('deploy', []);
    expect(run.code).toBe(2);
    expect(run.err).toContain('No project');
  });
});
