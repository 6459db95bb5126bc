import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { planCampaign } from '../../tools/simulate/campaign/plan-campaign';
import { encodeDelivery } from '../../tools/simulate/encode/encode-delivery';
import { signatureOf } from '../../tools/simulate/encode/signature';
import type { Delivery } from '../../tools/simulate/plan/delivery';

const key = 'key-of-the-test';
const now = Date.parse('2026-11-24T12:00:00Z') / 1000;
const { deliveries } = planCampaign({ recipients: 600, tags: ['a', 'b'], seed: 5, now });
const genuine = deliveries.filter(({ purpose }) => purpose !== 'forgery');
const legacy = genuine.filter(({ event }) => event.encoding !== 'json');

function hmac(timestamp: string, token: string): string {
  return createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex');
}

async function formOf(delivery: Delivery): Promise<FormData> {
  const { contentType, body } = await encodeDelivery(delivery, key);
  return new Response(body, { headers: { 'content-type': contentType } }).formData();
}

async function jsonOf(
  delivery: Delivery,
): Promise<{ signature?: Record<string, unknown>; 'event-data': Record<string, unknown> }> {
  return JSON.parse((await encodeDelivery(delivery, key)).body.toString());
}

describe('the signature', () => {
  it('agrees with the published vector of mailgun-tracking', () => {
    const signature = signatureOf(
      'key-qblubkqnkdn4lfes5oscf57ryllaia42',
      '1499697910',
      'b5751a49a024483da8d41c3684f98b8f',
    );
    expect(signature).toBe('374e0b1a3deeb57318c783d43ff71093fbf26406a452761dab91bf346a93b49e');
  });

  it('covers timestamp and token of every genuine JSON body, in one of its two places', async () => {
    for (const delivery of genuine.filter(({ event }) => event.encoding === 'json')) {
      const { signature } = await jsonOf(delivery);
      const right = hmac(String(signature?.timestamp), String(signature?.token));
      expect([signature?.signature, signature?.['parent-signature']]).toContain(right);
    }
  });

  it('covers the last timestamp and token of every genuine form', async () => {
    for (const delivery of legacy) {
      const form = await formOf(delivery);
      const last = (name: string) => String(form.getAll(name).at(-1));
      expect(last('signature')).toBe(hmac(last('timestamp'), last('token')));
    }
  });

  it('is not right in forgeries, unless the time or the token gives them away', async () => {
    const unsigned = deliveries.filter(
      (it) => it.purpose === 'forgery' && it.expectedRefusal === 'invalid_signature',
    );
    expect(unsigned.length).toBeGreaterThan(10);
    for (const delivery of unsigned) {
      const { body } = await encodeDelivery(delivery, key);
      expect(body.toString()).not.toContain(hmac(String(delivery.stamp.timestamp), delivery.stamp.token));
    }
  });
});

describe('legacy forms', () => {
  it('tell only of what legacy webhooks knew, in whole seconds', async () => {
    const names = new Set<string>();
    for (const delivery of legacy) {
      const form = await formOf(delivery);
      const name = String(form.get('event'));
      names.add(name);
      expect(String(form.getAll('timestamp').at(-1))).toMatch(/^\d{10}$/);
      expect(String(form.get('recipient')).trim().toLowerCase()).toMatch(/^r\d+\.s5=simulated@/);
      expect(form.has('message-headers')).toBe(
        ['delivered', 'bounced', 'dropped', 'complained'].includes(name),
      );
      expect(form.get('reason')).toSatisfy(
        (reason) => name !== 'dropped' || /^(hardfail|old)$/.test(String(reason)),
      );
    }
    expect([...names].sort()).toEqual([
      'bounced',
      'clicked',
      'complained',
      'delivered',
      'dropped',
      'opened',
      'unsubscribed',
    ]);
  });

  it('repeat the field of a tag, and hold variables that clash with fields', async () => {
    const forms = await Promise.all(legacy.map(formOf));
    expect(forms.some((form) => form.getAll('tag').length > 1)).toBe(true);
    expect(forms.some((form) => form.getAll('X-Mailgun-Tag').length > 1)).toBe(true);
    expect(
      forms.some((form) => form.getAll('event').length === 2 && form.getAll('token')[0] === 'gold'),
    ).toBe(true);
  });

  it('carry brackets around the message id and two headers of variables', async () => {
    const delivered = legacy.find(({ event }) => event.kind === 'delivered');
    expect(delivered).toBeDefined();
    if (delivered === undefined) return;
    const form = await formOf(delivered);
    expect(form.get('Message-Id')).toBe(`<${delivered.event.messageId}>`);
    const headers: [string, unknown][] = JSON.parse(String(form.get('message-headers')));
    expect(headers.filter(([name]) => name === 'X-Mailgun-Variables')).toHaveLength(2);
  });
});

describe('JSON events', () => {
  it('come with the surprises of real traffic', async () => {
    const bodies = await Promise.all(genuine.filter(({ event }) => event.encoding === 'json').map(jsonOf));
    const events = bodies.map((body) => body['event-data']);
    const some = (condition: (event: Record<string, unknown>) => boolean) =>
      expect(events.some(condition)).toBe(true);
    some((event) => event.event === 'OPENED');
    some((event) => Array.isArray(event['user-variables']));
    some((event) => typeof event['user-variables'] === 'string');
    some((event) => event['delivery-status'] === null);
    some((event) => event.tags === null);
    some((event) => event.domain === undefined);
    some((event) => event.event === 'stored' && event.recipient === undefined);
    some((event) => JSON.stringify(event).includes('"__proto__"'));
    some((event) => JSON.stringify(event).includes('"$set"'));
    some((event) => JSON.stringify(event).includes('=cmd()'));
    some((event) => JSON.stringify(event).includes('<script>'));
    expect(bodies.some(({ signature }) => typeof signature?.timestamp === 'number')).toBe(true);
  });
});
