import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accepted, adminToken, env, gateway, project, type Reply } from './deploy-target';
import { runTool } from './run-tool';

describe('npm run deploy', { timeout: 120_000 }, () => {
  it('fails when the verification does, and runs no tests when they are to be skipped', async () => {
    const { url } = await gateway(accepted);
    const failing = await project({ verify: 'node -e "process.exit(1)"' });
    const verified = { SPACE_URL: 'x', SPACE_API_KEY: 'x', MAILGUN_WEBHOOK_SIGNING_KEY: 'x' };
    const run = await runTool('deploy', ['--skip-tests'], { ...env(url), ...verified }, failing);
    expect(run.code).toBe(1);
    expect(run.out).not.toContain('ran test');
  });

  it('waits for a space that has not settled, and says which path a monitor has to ask', async () => {
    const { url } = await gateway({ ...accepted, settles: true });
    const run = await runTool('deploy', ['--skip-tests'], env(url), await project());
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).not.toContain('could not be read');
    expect(run.out).toContain('The platform answers /health itself (200 Alive), whatever the app does');
    expect(run.out).toContain('let a monitor ask /status.');
  });

  it('tells the space its plan, or what to do where it cannot', async () => {
    const { url } = await gateway(accepted);
    const commandLine = ['--skip-tests', '--plan', 'free'];
    // Nobody answers there for the owner's account.
    const settings = { ...env(url), ADMIN_API_URL: 'http://127.0.0.1:65535' };
    const run = await runTool('deploy', commandLine, settings, await project());
    expect(run.code).toBe(0);
    expect(run.out).toContain('say "npx coho set-env CODEHOOKS_PLAN free --space prod", then deploy again');
    expect(run.out).toContain('What is scheduled runs once an hour');
  });

  it.each<[string, Reply, string]>([
    [
      'an error that the CLI takes for success',
      { status: 500, body: '{"message":"Internal error"}' },
      'the space still runs the version of 2026-11-01T00:00:00.000Z',
    ],
    ['an error', { body: '{"error":"Space is read-only"}' }, 'The app was not deployed'],
    ['no JSON', { status: 502, body: '<html>Bad gateway</html>' }, 'The app was not deployed'],
  ])('says that nothing was deployed when the platform answers %s', async (_, reply, sentence) => {
    const { url } = await gateway(reply);
    const run = await runTool('deploy', ['--skip-tests'], env(url), await project());
    expect(run.code).toBe(1);
    expect(run.err).toContain(sentence);
    expect(run.out + run.err).not.toContain(adminToken);
  });

  it('says so when nobody is logged in, the token is wrong, or it does not compile', async () => {
    const { url } = await gateway(accepted);
    const loggedOut = await runTool('deploy', ['--skip-tests'], { COHO_APIGW_URL: url }, await project());
    expect(loggedOut.code).toBe(1);
    expect(loggedOut.err).toContain('log in with "npx coho login", or set CODEHOOKS_ADMIN_TOKEN');
    const wrong = { ...env(url), CODEHOOKS_ADMIN_TOKEN: 'wrong-token' };
    const refused = await runTool('deploy', ['--skip-tests'], wrong, await project());
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('Not authorized');
    expect(refused.out + refused.err).not.toContain('wrong-token');
    const broken = await runTool(
      'deploy',
      ['--skip-tests'],
      env(url),
      await project({}, 'import "./nowhere";'),
    );
    expect(broken.code).toBe(1);
    expect(broken.out).toContain('nowhere');
  });

  it('deploys another app, such as the probe, without checks, and says what to set to verify this one', async () => {
    const { url, bundles } = await gateway(accepted);
    const folder = await project();
    await mkdir(join(folder, 'other'));
    const other = 'import { app } from "codehooks-js";\nexport default app.init();\n';
    await writeFile(join(folder, 'other', 'index.js'), other);
    const run = await runTool('deploy', ['--dir', './other'], env(url), folder);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).not.toContain('ran lint');
    expect(bundles).toHaveLength(1);
    // The same folder by another name is no other app.
    const own = await runTool('deploy', ['--dir', './'], env(url), folder);
    expect(own.out).toContain('ran lint');
    expect(own.out).toContain('Not verified: set SPACE_URL, SPACE_API_KEY, MAILGUN_WEBHOOK_SIGNING_KEY');
  });
});
