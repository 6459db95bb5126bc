import { beforeAll, describe, expect, it } from 'vitest';
import { startTour, type Tour } from './tour';

let tour: Tour;
beforeAll(async () => {
  tour = await startTour();
});

const json = async (path: string, init?: RequestInit) => (await tour.call(path, init)).json();

describe('a path', () => {
  it('goes to the first route that matches, in order of registration', async () => {
    expect(await json('/items/special')).toEqual({ route: 'param', params: { id: 'special' } });
  });

  it('gives its parameters decoded', async () => {
    expect(await json('/items/a%20b%2Fc/parts/%C3%A9')).toEqual({
      route: 'two',
      params: { id: 'a b/c', part: 'é' },
    });
  });

  it('matches in either case and with a slash at the end', async () => {
    expect(await json('/ITEMS/Seven/')).toEqual({ route: 'param', params: { id: 'Seven' } });
  });

  it('matches a wildcard across slashes, but not without the slash before it', async () => {
    expect(await json('/files/a/b.txt')).toEqual({ route: 'wildcard', params: {} });
    expect(await json('/files/')).toEqual({ route: 'wildcard', params: {} });
    expect((await tour.call('/files')).status).toBe(404);
  });

  it('with a malformed escape is refused', async () => {
    const response = await tour.call('/items/%E0%A4%A');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'bad_request' });
  });

  it('without a route is answered with JSON', async () => {
    const response = await tour.call('/nowhere');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: 'not_found',
      detail: 'No route of the app matches GET /nowhere.',
    });
  });

  it('outside of the space is answered with JSON', async () => {
    const response = await fetch(new URL('/other/items/1', tour.url));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: 'not_found' });
    expect((await fetch(new URL('/device', tour.url))).status).toBe(404);
  });

  it('exists per method', async () => {
    expect((await tour.call('/items/1', { method: 'DELETE' })).status).toBe(204);
    expect((await tour.call('/items/1', { method: 'PUT' })).status).toBe(404);
  });
});

describe('the methods that the space serves itself', () => {
  it('answers HEAD by the GET route, without the body', async () => {
    const response = await tour.call('/public/hello', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('17');
    expect(await response.text()).toBe('');
  });

  it('answers OPTIONS for pages of other origins, without a token', async () => {
    const response = await fetch(`${tour.url}/items/1`, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-headers': 'x-apikey' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(response.headers.get('access-control-allow-headers')).toBe('x-apikey');
  });

  it('lets pages of other origins read every answer, and never says that all origins may', async () => {
    const origin = 'https://shop.example';
    for (const path of ['/public/hello', '/items/1', '/nowhere', '/throws']) {
      const { headers } = await tour.call(path, { headers: { origin } });
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      const own = (await tour.call(path)).headers;
      expect(own.get('access-control-allow-origin')).toBe(null);
      expect(own.get('vary')).toBe('Origin');
    }
  });
});

describe('middleware', () => {
  it('runs before the route and may set headers', async () => {
    expect((await tour.call('/public/hello')).headers.get('x-toured')).toBe('yes');
  });

  it('that objects keeps the route from running', async () => {
    expect(await json('/guarded/room?key=open')).toEqual({ reached: true });
    const response = await tour.call('/guarded/room');
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: 'handler_error', detail: 'no key' });
  });

  it('may be tied to a regular expression and answer itself', async () => {
    expect((await tour.call('/regex-guarded')).status).toBe(451);
  });

  it('hands on to functions of the route in a chain', async () => {
    expect(await json('/chain')).toEqual({ first: 'ran' });
  });
});
