import { type App, event, sign } from '../app/app';

/**
 * Sends a little of everything that `/metrics` tells: two domains, failures at providers, a complaint, two events that come
 * late, two duplicates, three refusals.
 * @returns how many events are stored
 */
export async function sendTraffic(app: App): Promise<number> {
  const shop = { domain: { name: 'shop.example.com' }, tags: ['welcome'] };
  const bad = {
    severity: 'permanent',
    reason: 'bounce',
    'delivery-status': { code: 550, 'enhanced-code': '5.1.1' },
  };
  const late = { timestamp: Date.now() / 1000 - 5400 };
  const events = [
    event('delivered', { ...shop, recipient: 'a@gmail.com' }),
    event('delivered', { ...shop, recipient: 'b@gmail.com', ...late }),
    event('delivered', { ...shop, recipient: 'c@outlook.com' }),
    event('delivered', { recipient: 'd@example.com' }),
    event('opened', { ...shop, recipient: 'a@gmail.com' }),
    event('complained', { ...shop, recipient: 'c@outlook.com', ...late }),
    event('failed', { ...shop, ...bad, recipient: 'x@gmail.com' }),
    event('failed', { ...bad, recipient: 'y@gmail.com' }),
    event('failed', { severity: 'temporary', recipient: 'z@yahoo.com' }),
    event('something_new', { recipient: 'd@example.com' }),
  ];
  for (const one of events) await app.send(one);
  for (const again of events.slice(0, 2)) await app.send(again);
  for (const _ of [1, 2, 3]) await app.send(event('delivered'), sign({}, 'key-of-somebody-else'));
  return events.length;
}
