import { beforeAll, describe, expect, it } from 'vitest';
import { startTour, type Tour } from './tour';

let tour: Tour;
beforeAll(async () => {
  tour = await startTour({ quirks: { afterResponse: 'runs', thrownErrorStatus: 500 } });
});

describe('a response', () => {
  it('of text or bytes has a type of its own', async () => {
    const text = await tour.call('/text');
    expect(text.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await text.text()).toBe('<p>text</p>');
    const bytes = await tour.call('/bytes');
    expect(bytes.headers.get('content-type')).toBe('application/octet-stream');
    expect([...new Uint8Array(await bytes.arrayBuffer())]).toEqual([0, 255, 254]);
  });

  it('keeps the type that the handler sets', async () => {
    const response = await tour.call('/plain');
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(await response.text()).toBe('plain');
  });

  it('repeats a header that is a list', async () => {
    const response = await tour.call('/cookies');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.json()).toBe(null);
  });

  it('redirects', async () => {
    const moved = await tour.call('/moved');
    expect(moved.status).toBe(302);
    expect(moved.headers.get('location')).toBe('/dev/public/hello?q=%C3%A9');
    expect((await tour.call('/moved-for-good')).status).toBe(301);
  });

  it('is written in parts', async () => {
    const response = await tour.call('/parts');
    expect(await response.text()).toBe('one,two');
    expect(response.headers.get('x-one')).toBe('1');
    expect(response.headers.has('x-two')).toBe(false);
  });

  it('is the target of a pipe', async () => {
    expect(await (await tour.call('/piped')).text()).toBe('piped through');
  });

  it('is given once', async () => {
    const response = await tour.call('/twice');
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ first: true });
    expect((await tour.call('/public/hello')).status).toBe(200);
  });

  it('streams documents as an array', async () => {
    await tour.connection.insertOne('visits', [{ place: 'a' }, { place: 'b' }]);
    const response = await tour.call('/visits');
    expect(response.headers.get('content-type')).toMatch('application/json');
    expect(await response.json()).toMatchObject([{ place: 'a' }, { place: 'b' }]);
  });
});

describe('a handler that fails', () => {
  const fatal = { text: 'Unhandled Codehook exception, check logs (2)', fatal: true };

  it('by throwing or rejecting is answered for, and its stack goes to the log only', async () => {
    for (const path of ['/throws', '/rejects', '/rendered']) {
      const response = await tour.call(path);
      expect(response.status).toBe(500);
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(await response.json()).toEqual(fatal);
    }
    expect(tour.logged.map(({ text }) => text.split('\n')[0])).toEqual([
      'GET /dev/throws: Error: thrown on purpose',
      'GET /dev/rejects: Error: rejected on purpose',
      expect.stringContaining('res.render'),
    ]);
    expect(tour.logged[0]?.text).toContain('index.js');
  });

  it('by next(error), or by never answering its chain, is a server error', async () => {
    expect(await (await tour.call('/leaves')).json()).toEqual({
      error: 'handler_error',
      detail: 'left on purpose',
    });
    expect((await tour.call('/gives-up')).status).toBe(500);
  });

  it('may be answered with 200, as the runtime template of the platform does', async () => {
    await tour.stop();
    tour = await startTour({ quirks: { thrownErrorStatus: 200 } });
    const response = await tour.call('/throws');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(fatal);
  });
});

describe('after its response, a handler', () => {
  const places = async () => (await tour.connection.getMany('visits').toArray()).map(({ place }) => place);

  it('goes on where the platform lets it', async () => {
    await tour.stop();
    tour = await startTour({ quirks: { afterResponse: 'runs' } });
    expect((await tour.call('/answer-then-store', { method: 'POST' })).status).toBe(200);
    await expect.poll(places).toEqual(['before', 'after']);
  });

  it('is ended where the platform ends it', async () => {
    await tour.stop();
    tour = await startTour({ quirks: { afterResponse: 'stops' } });
    for (let round = 0; round < 3; round++) {
      expect((await tour.call('/answer-then-store', { method: 'POST' })).status).toBe(200);
    }
    expect(await places()).toEqual(['before', 'before', 'before']);
  });
});
