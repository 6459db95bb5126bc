import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { signingKey, startApp } from '../app/app';
import { listen } from '../http/listen';
import { runTool } from './run-tool';

const adminToken = 'admin-token-of-the-project';

const sent = v.object({ bundle: v.string() });

/** What the gateway of Codehooks says to a deployment, and whether it then runs it. */
interface Reply {
  readonly status?: number;
  readonly body: string;
  readonly keeps?: boolean;
  /** Whether an instance of before answers the first request of each kind. */
  readonly settles?: boolean;
}

/** The endpoints that `coho deploy` calls, by the requests that were recorded of it. */
async function gateway(reply: Reply) {
  const bundles: string[] = [];
  const deployments: object[] = [
    { _id: 'd1', headers: { 'x-userfullname': 'somebody', 'x-date': '2026-11-01T00:00:00.000Z' } },
  ];
  const asked = new Set<string>();
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const say = (status: number, text: string) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    const { pathname } = new URL(request.url ?? '', 'http://gateway');
    const isStale = reply.settles === true && request.method === 'GET' && !asked.has(pathname);
    asked.add(pathname);
    if (isStale) return say(401, '{"error":"Authentication failed"}');
    if (pathname === '/prod/status') return say(200, '{"status":"ok"}');
    if (pathname === '/prod/health') return response.end('Alive');
    if (request.headers['x-admintoken'] !== adminToken) return say(401, '{"error":"Not authorized"}');
    if (request.method === 'GET' && pathname === '/prod/_A_D_M_query/_hooks')
      return say(200, JSON.stringify(deployments));
    if (request.method !== 'POST' || pathname !== '/prod/_A_D_M_deploy')
      return say(404, '{"error":"Not found"}');
    bundles.push(v.parse(sent, JSON.parse(body.toString())).bundle);
    if (reply.keeps) deployments.unshift({ _id: 'd2', headers: { 'x-date': request.headers['x-date'] } });
    return say(reply.status ?? 200, reply.body);
  });
  const { url, stop } = await listen(server);
  onTestFinished(stop);
  return { url, bundles };
}

/** A project with a small app, whose scripts note that they ran. */
async function project(scripts: Record<string, string> = {}, app = 'app.get("/x", (_, res) => res.end());') {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const verify = `node --import tsx ${JSON.stringify(join(process.cwd(), 'tools/verify/main.ts'))}`;
  const note = (name: string) => `node -e "console.log('ran ${name}')"`;
  const all = {
    lint: note('lint'),
    typecheck: note('typecheck'),
    page: note('page'),
    test: note('test'),
    verify,
    ...scripts,
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', scripts: all }));
  await writeFile(
    join(folder, 'index.js'),
    `import { app } from 'codehooks-js';\n${app}\nexport default app.init();\n`,
  );
  await writeFile(join(folder, 'config.json'), JSON.stringify({ name: 'mails-ab12', space: 'prod' }));
  await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'), 'dir');
  return folder;
}

const accepted: Reply = { body: '{"deployed":true}', keeps: true };
const env = (url: string) => ({ COHO_APIGW_URL: url, CODEHOOKS_ADMIN_TOKEN: adminToken });

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

  it.each(['lint', 'typecheck', 'page', 'test'])('deploys nothing when npm run %s fails', async (script) => {
    const { url, bundles } = await gateway(accepted);
    const folder = await project({ [script]: 'node -e "process.exit(1)"' });
    const run = await runTool('deploy', [], env(url), folder);
    expect(run.code).toBe(1);
    expect(run.err).toContain(`Nothing was deployed: "npm run ${script}" failed`);
    expect(bundles).toEqual([]);
  });

  it.each<[string, Reply, string]>([
    ['an error', { body: '{"error":"Space is read-only"}' }, 'The app was not deployed'],
    ['no JSON', { status: 502, body: '<html>Bad gateway</html>' }, 'The app was not deployed'],
    [
      'an error that the CLI takes for success',
      { status: 500, body: '{"message":"Internal error"}' },
      'the space still runs the version of 2026-11-01T00:00:00.000Z',
    ],
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

  it.each<[string, string[], string]>([
    ['an unknown option', ['--rollback'], "Unknown option '--rollback'"],
    ['a token on the command line', ['--admintoken', 'x'], 'Put the admin token into CODEHOOKS_ADMIN_TOKEN'],
    [
      'a space that is none',
      ['--space', '../x'],
      '--space (or CODEHOOKS_SPACE) must be letters, digits and hyphens.',
    ],
    [
      'a project that is none',
      ['--projectname', 'a b'],
      '--projectname (or CODEHOOKS_PROJECT) must be letters',
    ],
    ['an empty folder name', ['--dir', ''], '--dir must be a folder, such as'],
    ['a folder without an app', ['--dir', './nowhere'], '--dir must be a folder with an index.js'],
    ['a plan that is none', ['--plan', 'gold'], '--plan must be paid or free.'],
    ['a value for --skip-tests', ['--skip-tests=1'], "Option '--skip-tests' does not take an argument"],
    ['an argument', ['prod'], "Unexpected argument 'prod'"],
  ])('refuses %s', async (_, commandLine, sentence) => {
    const run = await runTool('deploy', commandLine, {}, await project());
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain(sentence);
  });

  it('asks for a project', async () => {
    const run = await runTool('deploy', []);
    expect(run.code).toBe(2);
    expect(run.err).toContain('No project');
  });
});
