import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import type { SigningKey } from '../settings/settings';
import type { RequestBody } from './body';
import { answerFor } from './outcome';
import { type ReceiveDependencies, receiveWebhook, type WebhookStore } from './receive-webhook';

const signingKey = 'key-of-the-owner';
const now = Date.parse('2026-11-24T10:00:00Z');

function signed(token: string, ageSeconds = 0) {
  const timestamp = String(now / 1000 - ageSeconds);
  const signature = createHmac('sha256', signingKey)
    .update(timestamp + token)
    .digest('hex');
  return { timestamp, token, signature };
}

const delivered = (id: string) => ({
  event: 'delivered',
  id,
  timestamp: now / 1000,
  recipient: 'alice@example.com',
  domain: { name: 'mg.example.com' },
});
const payload = (token: string, id = token, ageSeconds = 0) => ({
  signature: signed(token, ageSeconds),
  'event-data': delivered(id),
});

/** A store in memory, and what was done with it. */
function memoryStore(overrides: Partial<WebhookStore> = {}) {
  const events = new Map<string, { isFinished: boolean }>();
  const tokens = new Map<string, string>();
  const queued: string[] = [];
  const store: WebhookStore = {
    hasRoom: async () => true,
    claimToken: async ({ token }, fingerprint) => {
      if (!tokens.has(token)) tokens.set(token, fingerprint);
      return tokens.get(token) === fingerprint;
    },
    findEvent: async (key) => events.get(key) ?? null,
    insertEvent: async ({ key }) => {
      events.set(key, { isFinished: false });
    },
    enqueueEvent: async (key) => {
      queued.push(key);
    },
    ...overrides,
  };
  return { store, events, queued };
}

function dependencies(
  store: WebhookStore,
  signingKeys: readonly SigningKey[] = [{ key: signingKey, domains: null }],
): ReceiveDependencies {
  return {
    readSettings: () => ({
      settings: {
        signingKeys: [...signingKeys],
        maxAgeSeconds: 86_400,
        maxAttempts: 8,
        maxPendingEvents: 10,
        retentionDays: 0,
      },
    }),
    openStore: async () => store,
    now: () => now,
  };
}

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const send = (body: RequestBody, store: WebhookStore, headers: Record<string, unknown> = json) =>
  receiveWebhook({ headers, body }, dependencies(store));

it('an event is stored once and queued, and a copy of it is known', async () => {
  const { store, events, queued } = memoryStore();
  const first = await send({ parsed: payload('a') }, store);
  const key = [...events.keys()][0] ?? '';
  expect(first).toEqual({ accepted: true, key, type: 'delivered', duplicate: false });
  expect(await send({ text: JSON.stringify(payload('a')) }, store)).toMatchObject({ key, duplicate: true });
  expect([...events.keys()]).toEqual([key]);
  // Not known to have had its effects, it is queued again.
  expect(queued).toEqual([key, key]);
  events.set(key, { isFinished: true });
  await send({ parsed: payload('a') }, store);
  expect(queued).toEqual([key, key]);
});

it.each<[name: string, body: RequestBody, headers: Record<string, unknown>, status: number, error: string]>([
  ['without a body', { text: '' }, json, 406, 'invalid_payload'],
  ['that is a list', { text: '[]' }, json, 406, 'invalid_payload'],
  ['of another content type', { text: 'x' }, { 'content-type': 'text/plain' }, 406, 'invalid_payload'],
  [
    'that says to be too large',
    { parsed: {} },
    { ...json, 'content-length': '1048577' },
    406,
    'invalid_payload',
  ],
  // 400,000 characters are 1.2 million bytes.
  ['of too many bytes', { text: `"${'€'.repeat(400_000)}"` }, json, 406, 'invalid_payload'],
  [
    'with too large a stream',
    { bytes: 'too_large' },
    { 'content-type': 'multipart/form-data' },
    406,
    'invalid_payload',
  ],
  ['without a signature', { parsed: { 'event-data': delivered('x') } }, json, 406, 'invalid_signature'],
  [
    'with the signature of another token',
    { parsed: { ...payload('x'), signature: { ...signed('x'), token: 'y' } } },
    json,
    406,
    'invalid_signature',
  ],
  ['that is too old', { parsed: payload('x', 'x', 86_401) }, json, 406, 'timestamp_expired'],
  // Our own clock may be behind: it is to come again.
  ['from the future', { parsed: payload('x', 'x', -301) }, json, 503, 'unavailable'],
  ['without an event', { parsed: { signature: signed('x') } }, json, 406, 'invalid_payload'],
  ['that is a form without an event', { parsed: signed('x') }, form, 406, 'invalid_payload'],
])('a request %s is refused', async (_, body, headers, status, error) => {
  const { store, events } = memoryStore();
  const answer = answerFor(await send(body, store, headers));
  expect(answer).toMatchObject({ status, body: { error } });
  expect(events.size).toBe(0);
});

it('a token that came with other content is refused', async () => {
  const { store, events } = memoryStore();
  await send({ parsed: payload('a', 'one') }, store);
  expect(await send({ parsed: payload('a', 'two') }, store)).toEqual({
    accepted: false,
    refusal: 'replay_attack',
  });
  expect(events.size).toBe(1);
});

it('a space whose data is of another version takes nothing in and says what to do', async () => {
  const { store, events } = memoryStore();
  const openStore = async () => ({ problem: 'Use a new space.' });
  const request = { headers: json, body: { parsed: payload('a') } };
  const answer = answerFor(await receiveWebhook(request, { ...dependencies(store), openStore }));
  expect(answer).toMatchObject({
    status: 503,
    body: { error: 'not_configured', detail: 'Use a new space.' },
  });
  expect(events.size).toBe(0);
});

it('without room an event is to come again, and says when', async () => {
  const { store, events } = memoryStore({ hasRoom: async () => false });
  const answer = answerFor(await send({ parsed: payload('a') }, store));
  expect(answer).toMatchObject({
    status: 503,
    headers: { 'retry-after': '60' },
    body: { error: 'unavailable' },
  });
  expect(events.size).toBe(0);
});

it('what fails is answered 503 and never thrown', async () => {
  const broken = memoryStore({ insertEvent: () => Promise.reject(new Error('away')) });
  expect(answerFor(await send({ parsed: payload('a') }, broken.store)).status).toBe(503);
  expect(broken.queued).toEqual([]);
  const { store } = memoryStore();
  const unset = await receiveWebhook(
    { headers: json, body: { parsed: payload('a') } },
    dependencies(store, []),
  );
  expect(answerFor(unset)).toMatchObject({ status: 503, body: { error: 'not_configured' } });
});
