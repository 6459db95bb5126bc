import { beforeAll, describe, expect, it } from 'vitest';
import { startTour, type Tour } from './tour';

let tour: Tour;
beforeAll(async () => {
  tour = await startTour({ tokens: [{ token: 'reader', access: 'READ' }] });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(tour.url + path, { headers });

describe('a request without a token', () => {
  it('is refused', async () => {
    const response = await get('/items/1');
    expect(response.status).toBe(401);
    expect(await response.text()).toBe('No access');
  });

  it('learns nothing about which routes exist', async () => {
    expect((await get('/nowhere')).status).toBe(401);
  });

  it('passes where an auth hook admits it', async () => {
    expect(await (await get('/public/hello')).json()).toEqual({ hello: 'world' });
  });

  it('finds no route behind an auth hook that covers nothing', async () => {
    expect((await get('/public/nowhere')).status).toBe(404);
  });

  it('gets the answer of a hook that refuses', async () => {
    const response = await get('/refusing');
    expect(response.status).toBe(418);
    expect(await response.json()).toEqual({ refused: true });
  });

  it('is forbidden when the hook calls next with an error', async () => {
    const response = await get('/objecting');
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ error: 'forbidden', detail: 'no entry' });
  });

  it('does not pass a hook that throws', async () => {
    expect(await (await get('/broken-hook')).json()).toEqual({
      text: 'Unhandled Codehook exception, check logs (2)',
      fatal: true,
    });
  });

  it('has to pass all functions of the hook', async () => {
    expect(await (await get('/two-hooks')).json()).toEqual({ refusedBy: 'second' });
  });
});

describe('a token', () => {
  it('admits, and the auth hooks are not asked', async () => {
    expect(await (await get('/refusing', { 'x-apikey': tour.apiKey })).json()).toEqual({ reached: true });
  });

  it('that is wrong is refused even where a hook would admit', async () => {
    for (const token of ['wrong', `${tour.apiKey}x`, tour.apiKey.slice(1)]) {
      const response = await get('/public/hello', { 'x-apikey': token });
      expect(response.status).toBe(401);
      expect(await response.text()).toBe('No access');
    }
  });

  it('for reading does not write', async () => {
    expect((await get('/items/1', { 'x-apikey': 'reader' })).status).toBe(200);
    const response = await fetch(`${tour.url}/items/1`, {
      method: 'DELETE',
      headers: { 'x-apikey': 'reader' },
    });
    expect(response.status).toBe(401);
  });

  it('of another kind cannot be verified', async () => {
    expect((await get('/public/hello', { authorization: 'Bearer a.b.c' })).status).toBe(401);
  });
});

it('a space may say in a sentence why it refuses', async () => {
  await tour.stop();
  tour = await startTour({ quirks: { refusedKey: 'sentence' } });
  const missing = await get('/items/1');
  expect(missing.status).toBe(401);
  expect(await missing.json()).toMatchObject({ error: 'unauthorized' });
  const wrong = await get('/public/hello', { 'x-apikey': 'wrong' });
  expect(wrong.status).toBe(403);
  expect(await wrong.json()).toMatchObject({ error: 'forbidden' });
});
