import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import { listen } from '../http/listen';

export const adminToken = 'admin-token-of-the-project';

const sent = v.object({ bundle: v.string() });

/** What the gateway of Codehooks says to a deployment, and whether it then runs it. */
export interface Reply {
  readonly status?: number;
  readonly body: string;
  readonly keeps?: boolean;
  /** Whether an instance of before answers the first request of each kind. */
  readonly settles?: boolean;
}

/** The endpoints that `coho deploy` calls, by the requests that were recorded of it. */
export async function gateway(reply: Reply) {
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
export async function project(
  scripts: Record<string, string> = {},
  app = 'app.get("/x", (_, res) => res.end());',
) {
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

export const accepted: Reply = { body: '{"deployed":true}', keeps: true };
export const env = (url: string) => ({ COHO_APIGW_URL: url, CODEHOOKS_ADMIN_TOKEN: adminToken });
