import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { readObject, startTour, type Tour } from './tour';

let tour: Tour;
beforeAll(async () => {
  tour = await startTour({ quirks: { formRawBody: 'present' } });
});

const echo = async (body: string | Buffer, contentType?: string, query = '') => {
  const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
  const response = await tour.call(`/echo${query}`, { method: 'POST', body, headers });
  return readObject(response);
};

describe('the request object', () => {
  it('says where the request went', async () => {
    expect(await echo('', undefined, '?a=1&b%5Bc%5D=2&d=3&d=4')).toMatchObject({
      method: 'POST',
      hostname: '127.0.0.1',
      originalUrl: '/dev/echo?a=1&b%5Bc%5D=2&d=3&d=4',
      path: '/dev/echo',
      apiPath: '/echo',
      query: { a: '1', b: { c: '2' }, d: ['3', '4'] },
      params: {},
    });
  });

  it('carries the headers of the gateway', async () => {
    const { headers } = await readObject(await tour.call('/echo'));
    expect(headers).toMatchObject({ 'x-real-ip': '127.0.0.1', 'x-forwarded-proto': 'http' });
  });

  it('has an empty body on GET', async () => {
    expect(await (await tour.call('/echo')).json()).toMatchObject({ body: {}, rawBody: '' });
  });
});

describe('a body', () => {
  it('of JSON is parsed, with its exact text beside it', async () => {
    const text = '{ "a" : 1.50, "b":"\\u00e9é",\n "__proto__": {"x": 1} }';
    const { body, rawBody } = await echo(text, 'application/json; charset=utf-8');
    expect(body).toMatchObject({ a: 1.5, b: 'éé' });
    expect(rawBody).toBe(text);
  });

  it('of JSON that does not parse is left to the app', async () => {
    expect(await echo('{"a":', 'application/json')).toMatchObject({ body: {}, rawBody: '{"a":' });
  });

  it('of a form is parsed with nested keys', async () => {
    const text = 'event=opened&user[name]=J+D&tag=a&tag=b&odd=%';
    expect(await echo(text, 'Application/X-WWW-Form-Urlencoded')).toMatchObject({
      body: { event: 'opened', user: { name: 'J D' }, tag: ['a', 'b'], odd: '%' },
      rawBody: text,
    });
  });

  it('of a multipart form, text or no type is not parsed', async () => {
    for (const type of ['multipart/form-data; boundary=x', 'text/plain', ';;', undefined]) {
      expect(await echo('--x\r\n', type)).toMatchObject({ body: {}, rawBody: '--x\r\n' });
    }
  });

  it('reaches a pipe byte by byte, even where it is not text', async () => {
    const bytes = Buffer.from([0, 255, 128, 10, 13, 0xed, 0xa0, 0x80]);
    const response = await tour.call('/digest', {
      method: 'POST',
      body: bytes,
      headers: { 'content-type': 'image/png' },
    });
    expect(await response.json()).toEqual({ sha256: createHash('sha256').update(bytes).digest('hex') });
  });

  it('that is compressed is refused', async () => {
    const response = await tour.call('/echo', {
      method: 'POST',
      body: 'x',
      headers: { 'content-encoding': 'gzip' },
    });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ error: 'unsupported_media_type' });
  });

  it('may be withheld as text where the platform is not known to have it', async () => {
    await tour.stop();
    tour = await startTour({ quirks: { formRawBody: 'absent' } });
    const form = await echo('a=1', 'application/x-www-form-urlencoded');
    expect(form.body).toEqual({ a: '1' });
    expect(form).not.toHaveProperty('rawBody');
    expect(await echo('{"a":1}', 'application/json')).toMatchObject({ rawBody: '{"a":1}' });
  });
});
