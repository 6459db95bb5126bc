import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../../test/http/listen';
import { NoAnswer, PrivateDestination, post } from './post';

type Address = { address: string; family: number };

/** Node's modules with a resolver that answers each question by the next list of addresses. */
function resolving(...answers: Address[][]) {
  const left = [...answers];
  const lookup = (_: string, __: object, callback: (error: null, addresses: Address[]) => void) =>
    callback(null, left.length > 1 ? (left.shift() ?? []) : (left[0] ?? []));
  return {
    http,
    https,
    dns: Object.assign(Object.create(dns), { lookup }),
  };
}

const v4 = (address: string) => ({ address, family: 4 });
const v6 = (address: string) => ({ address, family: 6 });

let asked: string[] = [];
let server: { url: string; stop: () => Promise<void> };
beforeAll(async () => {
  server = await listen(
    http.createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/endless') {
        response.writeHead(200);
        const write = () => {
          while (response.write('x'.repeat(10_000)));
          response.once('drain', write);
        };
        response.on('error', () => {});
        write();
      } else if (request.url === '/hang-up') response.destroy();
      else {
        response.writeHead(404);
        response.end(request.url === '/word' ? 'no_service' : `Cannot POST ${request.url}`);
      }
    }),
  );
});
afterAll(() => server.stop());

const request = (url: string, allowPrivate = false) => ({
  url: new URL(url),
  headers: {},
  body: '{}',
  allowPrivate,
});

describe('a name that resolves to', () => {
  it.each([
    ['the machine itself', [v4('127.0.0.1')]],
    ['a private network', [v4('10.1.2.3')]],
    ['the metadata of a cloud', [v4('169.254.169.254')]],
    ['IPv6 of the machine itself', [v6('::1')]],
    ['IPv4 in IPv6', [v6('::ffff:127.0.0.1')]],
    ['a public and a private address', [v4('93.184.216.34'), v4('192.168.1.1')]],
  ])('%s is refused where the connection is made', async (_, addresses) => {
    await expect(post(request('https://rebinding.example.com/'), resolving(addresses))).rejects.toThrow(
      PrivateDestination,
    );
  });

  it('another address the second time is refused then', async () => {
    const modules = resolving([v4('192.0.0.0')], [v4('127.0.0.1')]);
    for (let attempt = 0; attempt < 2; attempt += 1)
      await expect(post(request('https://rebinding.example.com/'), modules)).rejects.toThrow(
        PrivateDestination,
      );
  });

  it('the machine itself is asked where that is allowed', async () => {
    asked = [];
    const { port } = new URL(server.url);
    const answer = await post(
      request(`http://name.example.com:${port}/there`, true),
      resolving([v4('127.0.0.1')]),
    );
    expect(answer.status).toBe(404);
    expect(asked).toEqual(['/there']);
  });
});

it.each([
  ['with the modules of Node', undefined],
  ['where only fetch is known', null],
] as const)('an address that is private by its looks is refused %s', async (_, modules) => {
  asked = [];
  const { port } = new URL(server.url);
  for (const host of ['127.0.0.1', 'localhost', '2130706433', '[::ffff:127.0.0.1]'])
    await expect(post(request(`https://${host}:${port}/x`), modules)).rejects.toThrow(PrivateDestination);
  await expect(post(request(`http://example.com:${port}/x`), modules)).rejects.toThrow(/https/);
  expect(asked).toEqual([]);
});

it('where only fetch is known, it posts and follows no redirect', async () => {
  expect(await post(request(`${server.url}/x`, true), null)).toMatchObject({ status: 404, word: null });
});

it('of an answer only its status and a word are kept', async () => {
  expect(await post(request(`${server.url}/word`, true))).toEqual({
    status: 404,
    retryAfter: null,
    word: 'no_service',
  });
  expect(await post(request(`${server.url}/secret-path`, true))).toMatchObject({ status: 404, word: null });
});

it('an answer without end is not read to its end', async () => {
  expect(await post(request(`${server.url}/endless`, true))).toMatchObject({ status: 200, word: null });
});

it('a connection that breaks is no answer', async () => {
  await expect(post(request(`${server.url}/hang-up`, true))).rejects.toThrow(NoAnswer);
});
