import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from './app';

/** What real captures of an event without account and domain hold. */
const sparse = {
  event: 'delivered',
  id: 'Gx5UZb0mQ2aLw8rT1cVnYe',
  timestamp: 1_700_000_000.123456,
  recipient: 'alice@example.com',
  tags: ['welcome'],
  'primary-dkim': 'pdk1._domainkey.mail.example.org',
  storage: { url: 'https://storage-us-east4.api.mailgun.net/v3/domains/mail.example.org/messages/K' },
  message: { headers: { 'message-id': 'a1@brand.example' } },
};
const whole = { ...sparse, account: { id: '1' }, domain: { name: 'mail.example.org' } };

describe('which copies are one event', () => {
  let app: App;
  beforeAll(async () => {
    app = await startApp('sources');
  });
  afterAll(() => app.stop());

  it.each([
    ['without the domain first', sparse, whole],
    ['with the domain first', whole, sparse],
  ])('a webhook %s, then the other URL: one event of the right domain', async (what, first, second) => {
    const id = what.replaceAll(' ', '-');
    const stored = await app.send({ ...first, id });
    expect(stored).toMatchObject({ status: 200 });
    expect(await app.send({ ...second, id })).toEqual({
      status: 200,
      body: { ...stored.body, duplicate: true },
    });
    expect(await app.get(`/api/events/${String(stored.body.id)}`)).toMatchObject({
      body: { domain: 'mail.example.org' },
    });
  });

  it("are counted once, under Mailgun's domain and not under that of the brand", async () => {
    await app.drain();
    const { body } = await app.get('/api/summary');
    expect(body).toMatchObject({ totals: { delivered: 2 }, domains: [{ domain: 'mail.example.org' }] });
    expect(body.domains).toHaveLength(1);
  });

  it('seven test buttons are seven events, though they share id and time', async () => {
    const names = ['ACCEPTED', 'DELIVERED', 'FAILED', 'OPENED', 'CLICKED', 'UNSUBSCRIBED', 'COMPLAINED'];
    for (const event of names) {
      const pressed = {
        event,
        id: 'Ase7i2zsRYeDXztHGENqRA',
        timestamp: 1_521_243_339.873676,
        recipient: 'bob@example.com',
      };
      expect((await app.send(pressed)).body).not.toHaveProperty('duplicate');
    }
  });

  it('a delayed bounce with neither domain nor message has one key, whatever it lacks', async () => {
    const bounce = {
      event: 'failed',
      severity: 'permanent',
      reason: 'generic',
      id: 'ZDMqRgjLTDi6rQcy7K60aA',
      timestamp: 1_666_214_138.404667,
      recipient: 'gone@example.com',
      flags: { 'is-delayed-bounce': true },
      envelope: {},
      message: {},
    };
    const { body } = await app.send(bounce);
    expect(body).not.toHaveProperty('duplicate');
    expect((await app.send({ ...bounce, domain: { name: 'mail.example.org' } })).body).toMatchObject({
      id: body.id,
      duplicate: true,
    });
  });

  it('a legacy form that comes to two URLs, each with its own signature', async () => {
    const fields = [
      ['event', 'bounced'],
      ['recipient', 'alice@example.com'],
      ['code', '550'],
      ['Message-Id', '<m1@mail.example.org>'],
    ] as const;
    const { body } = await app.sendForm(fields);
    expect(body).not.toHaveProperty('duplicate');
    expect((await app.sendForm(fields)).body).toMatchObject({ id: body.id, duplicate: true });
  });

  it('a rejected message belongs to the one it was for', async () => {
    const rejected = { event: 'rejected', id: 'r1', timestamp: 1_700_000_000, reject: { reason: 'Sandbox' } };
    await app.send({ ...rejected, message: { headers: { to: '"Doe, J." <Joan@Example.org>' } } });
    const { body } = await app.get('/api/events?recipient=joan@example.org');
    expect(body.items).toMatchObject([{ event: 'rejected', recipient: 'joan@example.org' }]);
  });
});
