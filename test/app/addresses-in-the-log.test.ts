import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type App, event, sign, signingKey, startApp } from './app';

/** Takes a call of the storage away, with what it was asked for in the error, as platforms do. */
let isFailing = false;
let app: App;
beforeAll(async () => {
  app = await startApp('bundle', {
    env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, MAX_ATTEMPTS: '1' },
    wrapConnection: (connection) =>
      new Proxy(connection, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          return (...given: unknown[]) => {
            if (isFailing && name !== 'close')
              throw new Error(`${String(name)} failed for ${JSON.stringify(given)}`);
            return Reflect.apply(value, target, given);
          };
        },
      }),
  });
});
afterAll(() => app.stop());

const part = fc.stringMatching(/^[a-z]{8}$/);
const address = fc
  .tuple(
    part,
    part,
    fc.constantFrom('', '+tag', "o'", '"quoted one"'),
    fc.constantFrom('example', 'xn--9db.example'),
  )
  .map(([local, host, odd, end]) => {
    const first = `leak${local}`;
    return odd.startsWith('"') ? `"${first} one"@leak${host}.${end}` : `${first}${odd}@leak${host}.${end}`;
  });

/** Every input of the app that takes a text of somebody else, with an address in each place of it. */
async function putEverywhere(given: string): Promise<void> {
  const encoded = encodeURIComponent(given);
  const fields = {
    recipient: given,
    tags: [given],
    url: given,
    reason: given,
    message: { headers: { 'message-id': given, subject: given } },
    'delivery-status': { code: 550, message: given, 'mx-host': given },
    'user-variables': { [given]: given },
    'mailing-list': { address: given },
  };
  for (const name of ['delivered', 'failed', given]) await app.send(event(name, { ...fields, event: name }));
  await app.send({ ...fields, event: given }, { timestamp: given, token: given, signature: given });
  await app.send(event('delivered', { ...fields, timestamp: given }));
  await app.post(`{"${given}": ${given}`, 'application/json');
  await app.post(given, given.replace(/[^\x20-\x7e]/g, ''));
  await app.sendForm([
    ['event', 'delivered'],
    ['recipient', given],
    [given, given],
  ]);
  await app.sendForm([['sender', given]]);
  const multipart = new FormData();
  const block = sign();
  for (const [name, value] of Object.entries({ event: 'opened', recipient: given, ...block }))
    multipart.append(name, value);
  multipart.append(given, given);
  await app.post(multipart);
  await app.post(`--${given}\r\n`, `multipart/form-data; boundary=x`);
  const paths = Object.keys(app.manifest.routehooks).filter((route) => route.includes(' /api/'));
  for (const route of paths) {
    const [method = '', pattern = ''] = route.split(' ');
    const path = pattern.replace(/:\w+/g, encoded);
    const bodies = [
      { [given]: given },
      { email: given, addresses: [given], value: given, why: given, csv: given },
    ];
    for (const query of [
      '',
      `?search=${encoded}`,
      `?recipient=${encoded}&tag=${encoded}`,
      `?cursor=${encoded}`,
    ])
      for (const body of method === 'POST' ? bodies : [undefined]) {
        const answer = await fetch(app.url + path + query, {
          method,
          headers: { 'x-apikey': app.apiKey, 'content-type': 'application/json' },
          ...(body && { body: JSON.stringify(body) }),
        });
        await answer.arrayBuffer();
      }
  }
  const imported = await fetch(`${app.url}/api/suppressions/import`, {
    method: 'POST',
    headers: { 'x-apikey': app.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ csv: `address,error\n${given},${given}\n"${given}` }),
  });
  await imported.arrayBuffer();
}

it('no address that comes in by any way is written to the log', async () => {
  await fc.assert(
    fc.asyncProperty(address, fc.boolean(), async (given, fails) => {
      app.log.length = 0;
      const spies = (['log', 'warn', 'error'] as const).map((level) =>
        vi.spyOn(console, level).mockImplementation(() => undefined),
      );
      isFailing = fails;
      await putEverywhere(given);
      await app.runJobs();
      isFailing = false;
      await app.drain();
      const printed = spies.flatMap((spy) => spy.mock.calls.flat().map(String));
      for (const spy of spies) spy.mockRestore();
      const lines = [...printed, ...app.log.map(({ text }) => text)];
      expect(lines.length).toBeGreaterThan(5);
      expect(lines.filter((line) => /leak/i.test(line))).toEqual([]);
      expect(lines.some((line) => line.includes('route=/api/subscribers/:email '))).toBe(fails);
    }),
    { numRuns: 4, examples: [['"leakalice one"@leakhost.example', true]] },
  );
}, 300_000);
