import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type App, event, kinds, sign, signingKey, startApp } from './app';

describe.each(kinds)('POST /mailgun/events, from %s', (kind) => {
  let app: App;
  beforeAll(async () => {
    app = await startApp(kind);
  });
  afterAll(() => app.stop());

  const now = () => Math.floor(Date.now() / 1000);
  const storedEvents = () => app.connection.count('email_events');

  it('a signed event is stored and answered with its key', async () => {
    const answer = await app.send(event('delivered', { id: 'abc', timestamp: 1_700_000_000.5 }));
    expect(answer).toEqual({
      status: 200,
      body: { received: true, queued: true, id: '2023-11-14_delivered_GFEyayunj2yTIj8YOlN_57' },
    });
    const stored = await app.connection.findOne(
      'email_events',
      '2023-11-14_delivered_GFEyayunj2yTIj8YOlN_57',
    );
    expect(stored).toMatchObject({ event: 'delivered', timestamp: 1_700_000_000.5, format: 'json' });
  });

  it('the same delivery again is answered 200 as a duplicate, as is the event with a new signature', async () => {
    const delivery = event('opened');
    const signature = sign();
    expect((await app.send(delivery, signature)).body).not.toHaveProperty('duplicate');
    const before = await storedEvents();
    expect(await app.send(delivery, signature)).toMatchObject({ status: 200, body: { duplicate: true } });
    expect(await app.send(delivery)).toMatchObject({ status: 200, body: { duplicate: true } });
    expect(await storedEvents()).toBe(before);
  });

  it('a token that came with other content is a replay', async () => {
    const signature = sign();
    await app.send(event('delivered'), signature);
    const before = await storedEvents();
    expect(await app.send(event('complained'), signature)).toEqual({
      status: 406,
      body: { error: 'replay_attack' },
    });
    expect(await storedEvents()).toBe(before);
  });

  const good = sign();
  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'abc'],
    ['a list', [good.timestamp, good.token, good.signature]],
    ['of another key', sign({}, 'key-other')],
    ['of an empty key', sign({}, '')],
    ['cut off', { ...good, signature: good.signature.slice(0, 63) }],
    ['too long', { ...good, signature: `${good.signature}00` }],
    ['not hex', { ...good, signature: 'z'.repeat(64) }],
    ['a number', { ...good, signature: 1 }],
    ['without a token', { timestamp: good.timestamp, signature: good.signature }],
    ['with an object as token', { ...good, token: { $ne: null } }],
    ['without a timestamp', { token: good.token, signature: good.signature }],
    ['with a separator in what is signed', { ...good, timestamp: `${good.timestamp}.` }],
  ])('a signature that is %s is refused', async (_, signature) => {
    const before = await storedEvents();
    expect(await app.send(event('delivered'), signature)).toEqual({
      status: 406,
      body: { error: 'invalid_signature' },
    });
    expect(await storedEvents()).toBe(before);
  });

  it('a signature in capitals and a timestamp as a number are still the signature', async () => {
    const signature = sign();
    const odd = {
      ...signature,
      timestamp: Number(signature.timestamp),
      signature: signature.signature.toUpperCase(),
    };
    expect((await app.send(event('delivered'), odd)).status).toBe(200);
  });

  it('the parent signature counts for the event of a subaccount', async () => {
    const own = sign();
    const subaccount = { ...own, signature: sign(own, 'key-of-the-subaccount').signature };
    expect(
      (await app.send(event('delivered'), { ...subaccount, 'parent-signature': own.signature })).status,
    ).toBe(200);
    expect(
      (await app.send(event('delivered'), { ...subaccount, 'parent-signature': 'f'.repeat(64) })).status,
    ).toBe(406);
  });

  it.each([
    ['23 hours old', -82_800, 200],
    ['older than the limit', -86_500, 406],
    ['a little ahead', 200, 200],
    ['far ahead, by our clock', 400, 503],
  ])('a signature %s', async (_, offset, status) => {
    const answer = await app.send(event('delivered'), sign({ timestamp: String(now() + offset) }));
    expect(answer.status).toBe(status);
    if (status === 406) expect(answer.body).toEqual({ error: 'timestamp_expired' });
    if (status === 503)
      expect(answer.body).toEqual({ error: 'unavailable', detail: expect.stringMatching(/clock/) });
  });

  it.each<[string, string, string, RegExp]>([
    ['not JSON', '{"signature":', 'application/json', /not valid JSON/],
    ['an empty body', '', 'application/json', /empty/],
    ['a list', '[1]', 'application/json', /not an object/],
    ['plain text', 'hello', 'text/plain', /content type/],
    ['an empty form', '', 'application/x-www-form-urlencoded', /form is empty/],
    ['half a multipart body', '--x\r\ncontent-dis', 'multipart/form-data; boundary=x', /cannot be read/],
    ['multipart without a boundary', 'hello', 'multipart/form-data', /boundary/],
  ])('%s is refused for good, with what is wrong', async (_, body, type, detail) => {
    const answer = await app.post(body, type);
    expect(answer).toMatchObject({ status: 406, body: { error: 'invalid_payload' } });
    expect(answer.body.detail).toMatch(detail);
  });

  it.each<[string, unknown]>([
    ['no event-data', undefined],
    ['event-data that is a list', []],
    ['event-data without a name', { id: 'x' }],
    ['event-data with a blank name', { event: ' ' }],
  ])('%s is refused for good', async (_, data) => {
    const answer = await app.post(
      JSON.stringify({ signature: sign(), 'event-data': data }),
      'application/json',
    );
    expect(answer).toMatchObject({ status: 406, body: { error: 'invalid_payload' } });
  });

  it('an event nested without end is refused for good', async () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    const body = `{"signature":${JSON.stringify(sign())},"event-data":{"event":"delivered","x":${deep}}}`;
    expect(await app.post(body, 'application/json')).toMatchObject({
      status: 406,
      body: { error: 'invalid_payload' },
    });
  });

  it('a body above a mebibyte is refused for good', async () => {
    const answer = await app.send(event('delivered', { padding: 'x'.repeat(1024 * 1024) }));
    expect(answer).toMatchObject({ status: 406, body: { error: 'invalid_payload' } });
    expect(answer.body.detail).toMatch(/larger/);
  });

  it('an inbound message of a route is told where it belongs', async () => {
    const answer = await app.sendForm([
      ['recipient', 'inbox@mg.example.com'],
      ['sender', 'somebody@example.org'],
      ['body-plain', 'hello'],
    ]);
    expect(answer).toMatchObject({ status: 406, body: { error: 'invalid_payload' } });
    expect(answer.body.detail).toMatch(/route/);
  });

  it('an alert of Mailgun Optimize is told where it belongs', async () => {
    const response = await fetch(`${app.url}/mailgun/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-sign': 'abc' },
      body: JSON.stringify({ event_data: {}, timestamp: 1 }),
    });
    expect(response.status).toBe(406);
    expect(await response.json()).toMatchObject({
      error: 'invalid_payload',
      detail: expect.stringMatching(/Optimize/),
    });
  });

  it('other methods are told to post', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const response = await fetch(`${app.url}/mailgun/events`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST');
    }
  });

  it('nothing else is open to the world', async () => {
    const open = async (path: string) => (await fetch(app.url + path)).status;
    expect(await open('/mailgun/other')).toBe(404);
    expect(await open('/health')).toBe(200);
    expect(await open('/status')).toBe(200);
    for (const path of [
      '/api/summary',
      '/api/campaigns',
      '/api/subscribers',
      '/api/events',
      '/api/suppressions/a@b.c',
    ]) {
      expect(await open(path)).toBe(401);
    }
  });

  it('a body without a signature is refused', async () => {
    expect(await app.post(JSON.stringify({ 'event-data': event('delivered') }), 'application/json')).toEqual({
      status: 406,
      body: { error: 'invalid_signature' },
    });
    expect(await app.post(new URLSearchParams({ event: 'delivered', recipient: 'a@b.c' }))).toEqual({
      status: 406,
      body: { error: 'invalid_signature' },
    });
  });

  it('the log holds no address, token or key', async () => {
    const spies = (['log', 'warn', 'error'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation(() => undefined),
    );
    const signature = sign();
    await app.send(event('delivered', { id: 'bob@example.com', recipient: 'bob@example.com' }), signature);
    await app.send(event('bob@example.com\nforged line'), sign());
    await app.drain();
    const lines = spies.flatMap((spy) => spy.mock.calls.flat().map(String));
    for (const spy of spies) spy.mockRestore();
    const text = [...lines, ...app.log.map((entry) => entry.text)].join('\n');
    expect(text).toContain('mailgun event stored');
    expect(text).not.toMatch(/@example\.com/);
    expect(text).not.toContain(signature.token);
    expect(text).not.toContain(signingKey);
    expect(text).not.toMatch(/^forged line/m);
  });
});

describe.each(kinds)('settings, from %s', (kind) => {
  it('several keys are valid at once', async () => {
    const app = await startApp(kind, { env: { MAILGUN_WEBHOOK_SIGNING_KEY: `key-old, ${signingKey}` } });
    expect((await app.send(event('delivered'), sign({}, 'key-old'))).status).toBe(200);
    expect((await app.send(event('delivered'))).status).toBe(200);
    await app.stop();
  });

  it.each(['', ' , '])('without a key (%j) everything is put off, whatever it says', async (keys) => {
    const app = await startApp(kind, { env: { MAILGUN_WEBHOOK_SIGNING_KEY: keys } });
    expect(await app.send(event('delivered'))).toMatchObject({
      status: 503,
      body: { error: 'not_configured' },
    });
    expect(await app.send(event('delivered'), sign({}, ''))).toMatchObject({ status: 503 });
    expect((await fetch(`${app.url}/health`)).status).toBe(503);
    await app.stop();
  });

  it('a setting that cannot be read puts everything off and is named', async () => {
    const app = await startApp(kind, {
      env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, MAILGUN_MAX_AGE_SECONDS: 'a day' },
    });
    const answer = await app.send(event('delivered'));
    expect(answer).toMatchObject({ status: 503, body: { error: 'not_configured' } });
    expect(answer.body.detail).toContain('MAILGUN_MAX_AGE_SECONDS');
    await app.stop();
  });

  it('variables that come after the app was loaded count', async () => {
    const app = await startApp(kind, { quirks: { envInjection: 'afterLoad' } });
    expect((await app.send(event('delivered'))).status).toBe(200);
    await app.stop();
  });
});
