import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSession } from '../../admin/access/session';
import { type CohoSpace, startCoho } from './cli';

const person = { name: 'somebody', email: 'somebody@localhost' };
const other = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

let space: CohoSpace;
beforeAll(async () => {
  // Many tokens are tried here, one after the other.
  space = await startCoho({ limits: { wrongKeyDelayMs: 1 } });
  await space.connection.insertOne('things', { _id: 'kept' });
  await space.connection.set('kept', true);
});

/** A request to the space as a client of its own sends it. */
function send(
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
    to = space,
    host = '127.0.0.1',
  }: {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    to?: CohoSpace;
    host?: string;
  } = {},
): Promise<{ status: number; text: string }> {
  // Node.js frames no body of a DELETE request by itself.
  const framed = { ...headers, 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host, port: to.port, path, method, headers: framed }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject).end(body);
  });
}

const endpoints: [method: string, path: string, body: string][] = [
  ['POST', '/dev/_A_D_M_deploy', '{"bundle":"var EntryPoint = {};"}'],
  ['DELETE', '/dev/_A_D_M_deploy', ''],
  ['GET', '/dev/_A_D_M_logs?dbname=dev&tail=10', ''],
  ['GET', '/dev/_A_D_M_query/things?q={}&h={}', ''],
  ['GET', '/dev/_A_D_M_query/_hooks?q={}&h={}', ''],
  ['GET', '/dev/_A_D_M_query/_dbmetadata', ''],
  ['GET', '/dev/_A_D_M_keys?key=kept', ''],
  ['POST', '/dev/_A_D_M_keys', '{"key":"kept","value":false}'],
  ['DELETE', '/dev/_A_D_M_keys', '{"key":"kept"}'],
  ['POST', '/dev/_A_D_M_restore/things', '[{"_id":"added"}]'],
  ['GET', '/dev/_A_D_M_export/things', ''],
  ['POST', '/dev/_A_D_M_indexes', '{"collection":"things","index":["a"]}'],
  ['DELETE', '/dev/_A_D_M_indexes', '{"collection":"things","index":["a"]}'],
  ['GET', '/dev/_A_D_M_usage', ''],
  ['POST', '/graphql', '{"query":"mutation { addProject(name: \\"mine\\") { id } }"}'],
  ['POST', '/graphql', '{"query":"{ currentUser { UserProjects { Datastores { Tokens { key } } } } }"}'],
  ['POST', '//dev/_A_D_M_deploy', '{}'],
  ['GET', '/DEV/_A_D_M_export/things', ''],
];

describe('the endpoints of the owner', () => {
  it('refuse a request without an admin token, and do nothing', async () => {
    const alien = createSession('another admin token', person, 3600);
    const over = createSession(space.adminToken, person, -1);
    const [, payload] = createSession(space.adminToken, person, 3600).split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const keys: Record<string, string>[] = [
      {},
      { 'x-admintoken': '' },
      { 'x-admintoken': 'wrong' },
      { 'x-admintoken': space.apiKey },
      { 'x-apikey': space.apiKey },
      { 'x-apikey': space.adminToken },
      { authorization: 'Bearer wrong' },
      { authorization: `Bearer ${space.apiKey}` },
      { authorization: `Bearer ${alien}` },
      { authorization: `Bearer ${over}` },
      { authorization: `Bearer ${unsigned}` },
    ];
    for (const headers of keys) {
      for (const [method, path, body] of endpoints) {
        const { status, text } = await send(path, { method, headers, body });
        expect([401, 403, 404], `${method} ${path}`).toContain(status);
        expect(text).not.toMatch(new RegExp(`kept|${space.apiKey}`));
      }
    }
    expect(await space.connection.get('kept')).toBe(true);
    expect(await space.connection.getMany('things').toArray()).toEqual([{ _id: 'kept' }]);
  });

  it('let no page of another origin read an answer, and no cache keep one', async () => {
    for (const token of [space.adminToken, 'wrong']) {
      const { headers } = await fetch(`http://127.0.0.1:${space.port}/dev/_A_D_M_export/things`, {
        headers: { origin: 'https://shop.example', 'x-admintoken': token },
      });
      expect(headers.get('access-control-allow-origin')).toBe(null);
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('take the admin token and a session of it, and explain what they do not know', async () => {
    const session = createSession(space.adminToken, person, 3600);
    for (const headers of [{ 'x-admintoken': space.adminToken }, { authorization: `Bearer ${session}` }]) {
      expect((await send('/dev/_A_D_M_export/things', { headers })).text).toBe('[{"_id":"kept"}]');
    }
    const headers = { 'x-admintoken': space.adminToken };
    expect(await send('/dev/_A_D_M_nothing', { headers })).toMatchObject({
      status: 404,
      text: expect.stringContaining('has no endpoint GET _A_D_M_nothing'),
    });
    expect((await send('/nowhere/_A_D_M_usage', { headers })).text).toContain(
      'There is no space \\"nowhere\\"',
    );
    expect((await send('/dev/_A_D_M_export/%E0', { headers })).status).toBe(400);
    const broken = await send('/dev/_A_D_M_deploy', { method: 'POST', headers, body: '{"bundle"' });
    expect(broken).toMatchObject({ status: 400, text: expect.stringContaining('"error"') });
  });

  it('answer on this machine only, not through a proxy either', async () => {
    const headers = { 'x-admintoken': space.adminToken };
    for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via']) {
      const answer = await send('/dev/_A_D_M_export/things', {
        headers: { ...headers, [name]: '127.0.0.1' },
      });
      expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('--admin-host') });
    }
  });

  describe('at another address of this machine', () => {
    const open: CohoSpace[] = [];
    beforeAll(async () => {
      open.push(await startCoho({ host: '0.0.0.0' }));
      open.push(await startCoho({ host: '0.0.0.0', adminHost: other ?? '' }));
    });
    afterAll(() => {
      open.length = 0;
    });

    it('answer only if told to, while the routes answer anyway', async ({ skip }) => {
      if (other === undefined) skip('this machine has no other address');
      const statuses: number[] = [];
      for (const to of open) {
        const headers = { 'x-admintoken': to.adminToken };
        const at = { headers, to, host: other ?? '' };
        statuses.push((await send('/dev/_A_D_M_usage', at)).status);
        statuses.push((await send('/dev/anything', { ...at, headers: { 'x-apikey': to.apiKey } })).status);
      }
      expect(statuses).toEqual([403, 404, 200, 404]);
    });
  });
});
