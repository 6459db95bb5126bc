import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, dayAgo, event, kinds, sign, startApp } from './app';

const fixtures = join(process.cwd(), 'test/fixtures/mailgun');
const payload = v.record(v.string(), v.unknown());
const fixture = (name: string) =>
  v.parse(payload, JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')));

describe.each(kinds)('the effects of events, from %s', (kind) => {
  let app: App;
  beforeAll(async () => {
    app = await startApp(kind);
  });
  afterAll(() => app.stop());

  const statusOf = async (email: string) =>
    (await app.get(`/api/subscribers/${encodeURIComponent(email)}`)).body;

  it("every payload of Mailgun's own reference is taken, processed and found again", async () => {
    const names = readdirSync(fixtures).map((file) => file.replace('.json', ''));
    for (const name of names.filter((candidate) => candidate !== 'signed-delivered')) {
      const answer = await app.send(fixture(name));
      expect(answer.status, name).toBe(200);
      await app.drain();
      const stored = await app.connection.findOne('email_events', String(answer.body.id));
      expect(stored.state, name).toBe('done');
      expect(JSON.parse(String(stored.raw)), name).toEqual(fixture(name));
    }
    expect(await app.audit()).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    [
      'a hard bounce',
      { severity: 'permanent', 'delivery-status': { code: 550, 'bounce-type': 'hard' } },
      'hard_bounce',
      'bounced',
    ],
    [
      'a bad address',
      {
        severity: 'permanent',
        reason: 'generic',
        'delivery-status': { code: 550, 'enhanced-code': '5.1.1' },
      },
      'hard_bounce',
      'bounced',
    ],
    [
      'a bounce without evidence',
      { severity: 'permanent', reason: 'bounce', 'delivery-status': null },
      'bounce',
      'bounced',
    ],
    [
      'an earlier bounce',
      { severity: 'permanent', reason: 'suppress-bounce' },
      'suppressed_bounce',
      'bounced',
    ],
    [
      'an earlier unsubscribe',
      { severity: 'permanent', 'delivery-status': { code: '606' } },
      'suppressed_unsubscribe',
      'unsubscribed',
    ],
    [
      'an earlier complaint',
      { severity: 'permanent', 'delivery-status': { code: 607 } },
      'suppressed_complaint',
      'complained',
    ],
    ['a temporary failure', { severity: 'temporary', reason: 'bounce' }, 'temporary', 'active'],
    [
      'an expired message',
      { severity: 'permanent', reason: 'old', 'delivery-status': { code: 602, 'bounce-type': 'hard' } },
      'expired',
      'active',
    ],
    [
      'a block of the sender',
      { severity: 'permanent', reason: 'espblock', 'delivery-status': { 'bounce-type': 'hard' } },
      'sender_blocked',
      'active',
    ],
    [
      'a policy refusal',
      { severity: 'permanent', reason: 'bounce', 'delivery-status': { 'enhanced-code': '5.7.1' } },
      'sender_blocked',
      // Mailgun lists the address although it is good, and refuses it from now on.
      'bounced',
    ],
    [
      'a policy refusal with another reason',
      { severity: 'permanent', reason: 'generic', 'delivery-status': { 'enhanced-code': '5.7.1' } },
      'sender_blocked',
      'active',
    ],
    [
      'a full mailbox',
      {
        severity: 'permanent',
        reason: 'generic',
        'delivery-status': { code: 552, 'enhanced-code': '5.2.2' },
      },
      'soft_bounce',
      'active',
    ],
    ['an unknown reason', { severity: 'permanent', reason: 'gremlins' }, 'unclassified', 'active'],
  ])('%s', async (what, fields, classification, status) => {
    const recipient = `${what.replaceAll(' ', '.')}@example.com`;
    const answer = await app.send(event('failed', { recipient, ...fields }));
    await app.drain();
    expect(await app.connection.findOne('email_events', String(answer.body.id))).toMatchObject({
      classification,
    });
    expect(await statusOf(recipient)).toMatchObject({ status, active: status === 'active' });
    const { body } = await app.get(`/api/suppressions/${recipient}`);
    expect(body).toMatchObject({
      email: recipient,
      suppressed: status !== 'active',
      reason: status === 'active' ? null : status,
    });
  });

  it.each(['is-routed', 'is-test-mode', 'is-system-test', 'is-callback'])(
    'a failure with %s touches nobody',
    async (flag) => {
      const recipient = `${flag}@example.com`;
      await app.send(
        event('failed', { recipient, severity: 'permanent', reason: 'bounce', flags: { [flag]: true } }),
      );
      await app.drain();
      expect((await app.get(`/api/subscribers/${recipient}`)).status).toBe(404);
    },
  );

  it('a state only rises, and the address is one however it is written', async () => {
    const recipient = 'Mixed.Case@Example.com';
    const at = (hours: number) => Date.now() / 1000 - hours * 3600;
    await app.send(event('complained', { recipient: ` ${recipient.toUpperCase()} `, timestamp: at(3) }));
    await app.send(event('failed', { recipient, severity: 'permanent', reason: 'bounce', timestamp: at(2) }));
    await app.send(event('unsubscribed', { recipient, tags: ['news'], timestamp: at(1) }));
    await app.send(event('delivered', { recipient, timestamp: at(0) }));
    await app.drain();
    expect(await statusOf('mixed.case@example.com')).toMatchObject({
      status: 'complained',
      bounced: true,
      doNotEmail: true,
      unsubscribedFrom: ['news'],
    });
  });

  it('an unsubscribe keeps what it was from', async () => {
    const scope = async (recipient: string, fields: Record<string, unknown>) => {
      await app.send(event('unsubscribed', { recipient, ...fields }));
      await app.drain();
      return (await statusOf(recipient)).unsubscribedFrom;
    };
    expect(await scope('all@example.com', { tags: ['*'] })).toEqual(['*']);
    expect(await scope('none@example.com', { tags: [] })).toEqual(['*']);
    expect(await scope('tag@example.com', { tags: ['b', 'a'] })).toEqual(['a', 'b']);
    expect(await scope('list@example.com', { 'mailing-list': { address: 'list@mg.example.com' } })).toEqual([
      'list@mg.example.com',
    ]);
    expect((await app.get('/api/campaigns/*')).status).toBe(404);
  });

  it('opens count once per message, person and client, people once, both also once a day', async () => {
    const tags = [`people-${kind}`];
    const open = (recipient: string, day: number, bot: string | null) =>
      app.send(
        event('opened', {
          recipient,
          tags,
          timestamp: Date.parse(`${dayAgo(30 - day)}T12:00:00Z`) / 1000 + Math.random(),
          'client-info': { bot },
        }),
      );
    await open('a@example.com', 2, null);
    await open('a@example.com', 1, '');
    await open('a@example.com', 1, null);
    await open('b@example.com', 1, null);
    await open('c@example.com', 1, 'apple');
    await app.drain();
    const { body } = await app.get(`/api/campaigns/${tags[0]}`);
    expect(body).toMatchObject({
      opens: 5,
      botOpens: 1,
      uniqueOpens: 3,
      peopleOpened: 2,
      days: {
        [dayAgo(29)]: { opens: 4, uniqueOpens: 3, peopleOpened: 2 },
        [dayAgo(28)]: { opens: 1, uniqueOpens: 1, peopleOpened: 1 },
      },
    });
  });

  it('odd shapes are stored and hurt nothing', async () => {
    const odd: Array<Record<string, unknown>> = [
      { 'delivery-status': null, 'user-variables': [], storage: [], tags: null },
      { 'user-variables': 'Could not load user-variables', tags: 'one', recipient: null },
      { event: 'OPENED', 'client-info': { bot: null }, geolocation: [] },
      { event: 'brand_new_event', 'message.headers': { $set: 1 }, recipient: { $ne: null } },
      { tags: ['__proto__', 'constructor', '$set', 'a.b', 7, ''], timestamp: '1767225600.25' },
      { timestamp: 'yesterday', id: null, domain: null, message: { headers: {} } },
      { recipient: 'x'.repeat(10_000), message: { headers: { subject: '<script>alert(1)</script>' } } },
      { tags: Array.from({ length: 10_000 }, (_, n) => `tag-${n}`) },
    ];
    for (const fields of odd) {
      const sent = event('delivered', fields);
      const answer = await app.send(sent);
      expect(answer.status, JSON.stringify(fields).slice(0, 80)).toBe(200);
      const stored = await app.connection.findOne('email_events', String(answer.body.id));
      expect(JSON.parse(String(stored.raw))).toEqual(sent);
    }
    await app.drain();
    expect((await app.get('/api/campaigns/__proto__')).body).toMatchObject({
      tag: '__proto__',
      delivered: 1,
    });
    expect(await app.audit()).toEqual([]);
  });
});

describe.each(kinds)('legacy forms, from %s', (kind) => {
  let app: App;
  beforeAll(async () => {
    app = await startApp(kind);
  });
  afterAll(() => app.stop());

  const storedBy = async (answer: { body: Record<string, unknown> }) =>
    app.connection.findOne('email_events', String(answer.body.id));

  it('an urlencoded open, with variables that bear the names of fields', async () => {
    const answer = await app.sendForm([
      ['event', 'opened'],
      ['event', 'the sender says so'],
      ['recipient', 'alice@example.com'],
      ['recipient', 'forged@example.com'],
      ['token', "the sender's"],
      ['domain', 'mg.example.com'],
      ['tag', 'one'],
      ['tag', 'two'],
      ['country', 'unknown'],
      ['user-agent', 'Mozilla'],
      ['my-var', 'mine'],
      ['message-id', 'm1@mg.example.com'],
    ]);
    expect(answer.status).toBe(200);
    expect(await storedBy(answer)).toMatchObject({
      format: 'legacy',
      event: 'opened',
      recipient: 'alice@example.com',
      tags: ['one', 'two'],
      messageId: 'm1@mg.example.com',
      userVariables: JSON.stringify({
        event: 'the sender says so',
        recipient: 'forged@example.com',
        token: "the sender's",
        'my-var': 'mine',
      }),
      geolocation: { country: null },
    });
  });

  it.each([
    ['5.1.1', null, '5.1.1'],
    ['550', 550, null],
  ])('a multipart bounce with code %s and attachments', async (code, number, enhancedCode) => {
    const form = new FormData();
    const { timestamp, token, signature } = sign();
    const headers = [
      ['Subject', 'Grüße'],
      ['X-Mailgun-Variables', '{"my": {"nested": 1}}'],
      ['X-Mailgun-Variables', '{"other": "x"}'],
      ['Content-Type', ['multipart/alternative', { boundary: 'b' }]],
    ];
    const fields = {
      event: 'bounced',
      recipient: 'gone@example.com',
      domain: 'mg.example.com',
      code,
      error: 'No such user',
    };
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('X-Mailgun-Tag', 'first');
    form.append('X-Mailgun-Tag', 'second');
    form.append('Message-Id', '<m2@mg.example.com>');
    form.append('message-headers', JSON.stringify(headers));
    form.append('attachment-count', '2');
    form.append('attachment-1', new Blob([new Uint8Array([0, 13, 10, 45, 45, 255])]), 'a.bin');
    form.append('attachment-2', new Blob(['text']), '');
    form.append('timestamp', timestamp);
    form.append('token', token);
    form.append('signature', signature);
    const answer = await app.post(form);
    expect(answer.status).toBe(200);
    expect(await storedBy(answer)).toMatchObject({
      event: 'failed',
      severity: 'permanent',
      classification: number === 550 ? 'bounce' : 'hard_bounce',
      deliveryStatus: { code: number, enhancedCode, message: 'No such user' },
      tags: ['first', 'second'],
      messageId: 'm2@mg.example.com',
      subject: 'Grüße',
      userVariables: '{"my":{"nested":1},"other":"x"}',
      attachments: 2,
    });
  });

  it('a dropped message tells by its code which list held it back, or that nobody knows', async () => {
    const dropped = async (recipient: string, fields: Array<[string, string]>) => {
      const answer = await app.sendForm([['event', 'dropped'], ['recipient', recipient], ...fields]);
      await app.drain();
      const { body } = await app.get(`/api/suppressions/${recipient}`);
      return [(await storedBy(answer)).classification, body.reason];
    };
    expect(
      await dropped('d1@example.com', [
        ['reason', 'hardfail'],
        ['code', '605'],
      ]),
    ).toEqual(['suppressed_bounce', 'bounced']);
    expect(
      await dropped('d2@example.com', [
        ['reason', 'hardfail'],
        ['code', '607'],
      ]),
    ).toEqual(['suppressed_complaint', 'complained']);
    expect(await dropped('d3@example.com', [['reason', 'hardfail']])).toEqual([
      'suppressed_earlier',
      'bounced',
    ]);
    expect(await dropped('d4@example.com', [['reason', 'old']])).toEqual(['expired', null]);
  });

  it('the same form again is a duplicate', async () => {
    const fields: Array<[string, string]> = [
      ['event', 'clicked'],
      ['recipient', 'a@example.com'],
      ['url', 'https://example.com/'],
    ];
    const signature = sign();
    await app.sendForm(fields, signature);
    expect((await app.sendForm(fields, signature)).body).toMatchObject({ duplicate: true });
  });

  it('forms without the text of their body are read all the same', async () => {
    const other = await startApp('bundle', { switches: { formRawBody: 'absent' } });
    const form = new FormData();
    const { timestamp, token, signature } = sign();
    for (const [name, value] of Object.entries({
      event: 'delivered',
      recipient: 'a@example.com',
      timestamp,
      token,
      signature,
    })) {
      form.append(name, value);
    }
    expect((await other.post(form)).status).toBe(200);
    expect(
      (
        await other.sendForm([
          ['event', 'opened'],
          ['tag', 'a'],
          ['tag', 'b'],
        ])
      ).status,
    ).toBe(200);
    expect(await other.connection.getMany('email_events', { tags: 'b' }).toArray()).toHaveLength(1);
    await other.stop();
  });
});
