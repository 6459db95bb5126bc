import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type App, dayAgo, event, kinds, sign, startApp } from './app';

const oldKey = 'key-00000000000000000000000000000001';
const newKey = 'key-00000000000000000000000000000002';
const europeanKey = 'key-00000000000000000000000000000003';
const subaccountKey = 'key-00000000000000000000000000000004';

/** A signature block of a subaccount's domain: its own key, and the primary account's beside it. */
function signTwice(own: string, parent: string) {
  const block = sign({}, own);
  return { ...block, 'parent-signature': sign(block, parent).signature };
}

describe.each(kinds)('signing keys (%s)', (kind) => {
  let app: App | undefined;
  const folders: string[] = [];
  afterEach(async () => {
    await app?.stop();
    app = undefined;
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  async function start(keys: string): Promise<App> {
    app = await startApp(kind, { env: { MAILGUN_WEBHOOK_SIGNING_KEY: keys } });
    return app;
  }

  /** Sends an event and tells which key it was found to be signed with. */
  async function keyOf(running: App, signature: unknown, fields: Record<string, unknown> = {}) {
    const answer = await running.send(event('delivered', fields), signature);
    if (answer.status !== 200) return answer.body.error;
    const stored = await running.get(`/api/events/${encodeURIComponent(String(answer.body.id))}`);
    expect(JSON.stringify(stored.body)).not.toContain('key-0');
    return stored.body.signingKey;
  }

  it('records which key verified an event by its position', async () => {
    const running = await start(`${newKey}, ${oldKey},`);
    expect(await keyOf(running, sign({}, newKey))).toBe(1);
    expect(await keyOf(running, sign({}, oldKey))).toBe(2);
    expect(await keyOf(running, sign({}, europeanKey))).toBe('invalid_signature');
    const form = await running.sendForm(
      [
        ['event', 'delivered'],
        ['recipient', 'alice@example.com'],
      ],
      sign({}, oldKey),
    );
    const stored = await running.get(`/api/events/${encodeURIComponent(String(form.body.id))}`);
    expect(stored.body).toMatchObject({ format: 'legacy', source: 'webhook', signingKey: 2 });
  });

  it('lets a bound key sign for its domains alone', async () => {
    const running = await start(`${newKey}=mg.example.com|Example.org,${oldKey}`);
    const of = (name: unknown, more: object = {}) => ({ domain: { name }, message: null, ...more });
    const bound = () => sign({}, newKey);
    expect(await keyOf(running, bound(), of('mg.example.com'))).toBe(1);
    expect(await keyOf(running, bound(), of('eu.MG.example.com'))).toBe(1);
    expect(await keyOf(running, bound(), of('mail.example.org'))).toBe(1);
    for (const foreign of ['example.com', 'other-example.org', 'mg.example.com.attacker.example', '', null])
      expect(await keyOf(running, bound(), of(foreign))).toBe('foreign_domain');
    expect(await keyOf(running, bound(), of(null, { envelope: { sender: 'bounce@mg.example.com' } }))).toBe(
      1,
    );
    expect(await keyOf(running, sign({}, oldKey), of('example.com'))).toBe(2);
    expect(await keyOf(running, signTwice(subaccountKey, newKey), of('example.com'))).toBe('foreign_domain');
    const answer = await running.send(event('delivered', of('example.com')), bound());
    expect(answer).toMatchObject({
      status: 503,
      body: {
        detail: expect.stringMatching(/^Signing key 1 is bound to other domains than example\.com: name /),
      },
    });
    expect(JSON.stringify(answer)).not.toContain(newKey);
    const legacy = await running.sendForm(
      [
        ['event', 'complained'],
        ['recipient', 'alice@example.com'],
        ['domain', 'example.com'],
      ],
      bound(),
    );
    expect(legacy.body.error).toBe('foreign_domain');
    const { body } = await running.get(`/api/refusals?from=${dayAgo(0)}`);
    expect(body.items).toMatchObject([{ reasons: { foreign_domain: 8 } }]);
  });

  it('loses nothing while the key changes, in the order of docs/operations.md', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'app-rotation-'));
    folders.push(directory);
    const restart = async (keys: string): Promise<App> => {
      await app?.stop();
      app = await startApp(kind, { directory, env: { MAILGUN_WEBHOOK_SIGNING_KEY: keys } });
      return app;
    };
    const first = await restart(oldKey);
    expect(await keyOf(first, sign({}, oldKey))).toBe(1);

    // The key is taken away and Mailgun makes a new one: whatever it signs now is asked to be sent again.
    const without = await restart('');
    const signedByNew = sign({}, newKey);
    const signedByOld = sign({}, oldKey);
    const waiting = [event('opened'), event('opened')] as const;
    expect(await without.send(waiting[0], signedByNew)).toMatchObject({ status: 503 });
    expect(await without.send(waiting[1], signedByOld)).toMatchObject({ status: 503 });

    const both = await restart(`${newKey},${oldKey}`);
    expect(await both.send(waiting[0], signedByNew)).toMatchObject({ status: 200 });
    expect(await both.send(waiting[1], signedByOld)).toMatchObject({ status: 200 });
    const hoursAgo = String(Math.floor(Date.now() / 1000) - 7 * 3600);
    expect(await keyOf(both, sign({ timestamp: hoursAgo }, oldKey))).toBe(2);

    // A day later no retry of the old key can come any more.
    const after = await restart(newKey);
    expect(await keyOf(after, sign({}, newKey))).toBe(1);
    expect(await keyOf(after, sign({}, oldKey))).toBe('invalid_signature');
    await after.drain();
    expect((await after.get('/api/summary')).body).toMatchObject({ totals: { opens: 2, delivered: 3 } });
  });

  it('takes in two accounts and regions on one URL, and tells their domains apart', async () => {
    const running = await start(`${newKey},${europeanKey}`);
    expect(await keyOf(running, sign({}, newKey), { domain: { name: 'mg.example.com' } })).toBe(1);
    expect(await keyOf(running, sign({}, europeanKey), { domain: { name: 'eu.example.org' } })).toBe(2);
    await running.drain();
    for (const domain of ['mg.example.com', 'eu.example.org']) {
      const summary = await running.get(`/api/summary?domain=${domain}`);
      expect(summary.body).toMatchObject({ domain, totals: { delivered: 1 } });
      const log = await running.get(`/api/events?domain=${domain}`);
      expect(log.body.items).toMatchObject([{ domain }]);
      const timeline = await running.get(`/api/timeline?by=day&domain=${domain}`);
      expect(timeline.body.items).toHaveLength(30);
      expect(JSON.stringify(timeline.body).match(/"delivered":1\b/g)).toHaveLength(1);
    }
    const both = await running.get('/api/summary');
    expect(both.body).toMatchObject({ totals: { delivered: 2 } });
    expect(both.body.domains).toHaveLength(2);
    expect((await running.get('/api/summary?domain=other.example.net')).body).toMatchObject({
      totals: { delivered: 0 },
    });
  });

  it("takes in a subaccount's events by the primary account's key", async () => {
    const running = await start(`${oldKey},${newKey}`);
    expect(await keyOf(running, signTwice(subaccountKey, newKey))).toBe(2);
    expect(await keyOf(running, signTwice(oldKey, europeanKey))).toBe(1);
    expect(await keyOf(running, signTwice(subaccountKey, europeanKey))).toBe('invalid_signature');
    const { 'parent-signature': parent, ...without } = signTwice(subaccountKey, newKey);
    expect(await keyOf(running, without)).toBe('invalid_signature');
    // The parent's signature of another token proves nothing.
    expect(await keyOf(running, { ...sign({}, subaccountKey), 'parent-signature': parent })).toBe(
      'invalid_signature',
    );
  });
});
