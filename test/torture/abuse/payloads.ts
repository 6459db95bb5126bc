import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as v from 'valibot';
import { signingKey } from '../virtual-space/virtual-space';
import { hmac } from './signature-variants';

const folder = new URL('../../fixtures/mailgun/', import.meta.url);
const record = v.record(v.string(), v.unknown());

/** Mailgun's own payloads, `event-data` each. */
export function realPayloads(): Record<string, unknown>[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => v.parse(record, JSON.parse(readFileSync(new URL(name, folder), 'utf8'))))
    .map((payload) => ('event-data' in payload ? v.parse(record, payload['event-data']) : payload));
}

/** A request that is signed like Mailgun's, whatever it says. */
export interface HostileRequest {
  readonly contentType: string;
  readonly body: Uint8Array;
}

const hostileKeys = [
  '__proto__',
  'constructor',
  'prototype',
  '$set',
  '$where',
  'a.b',
  '',
  '_id',
  'toString',
  '\0',
];
const hostileTexts = [
  '__proto__',
  '$set',
  '{"$ne":null}',
  '=cmd()',
  '\r\nforged line',
  '\u2028',
  '\ud800',
  'x'.repeat(5000),
  '',
  '<script>',
  '%00',
  '../../etc/passwd',
  'NaN',
  '-0',
  '9'.repeat(400),
  '*',
  'all',
  'tag:all',
  'a@b',
  '@',
  'a@b@c',
  '$where@example.com',
  'a.b$c@example.com',
  '1e999',
  '\0',
];

const hostileKey = fc.oneof(fc.constantFrom(...hostileKeys), fc.string());
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...hostileTexts) },
  fc.constantFrom<unknown>(
    null,
    true,
    [],
    {},
    [[]],
    { $gt: '' },
    { $in: [1] },
    -1,
    1e308,
    0.1,
    Number.MAX_SAFE_INTEGER,
  ),
  fc.double(),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(hostileKey, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 4, noNullPrototype: true }),
  fc.array(fc.string(), { maxLength: 60 }),
);

/** One change of a payload: some field, at the top or within, becomes something else. */
const change = fc.record({ pick: fc.nat(), key: hostileKey, value: hostileValue, kind: fc.nat({ max: 4 }) });
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** The text of a payload after a change; keys such as `__proto__` become real members of the text. */
function changed(payload: unknown, { pick, key, value, kind }: Change): unknown {
  const entries = entriesOf(payload);
  if (entries.length === 0 || Array.isArray(payload)) return kind > 2 ? payload : value;
  const at = pick % entries.length;
  const [name, old] = entries[at] ?? ['', null];
  const rest = entries.filter((_, index) => index !== at);
  switch (kind) {
    case 0:
      return fromEntries([...rest, [name, value]]);
    case 1:
      return fromEntries(rest);
    case 2:
      return fromEntries([...entries, [key, value]]);
    case 3:
      return fromEntries([...rest, [name, changed(old, { pick: pick >> 4, key, value, kind: pick % 4 })]]);
    default:
      return fromEntries([...rest, [name, typeof old === 'number' ? String(old) : value]]);
  }
}

function fromEntries(entries: readonly [string, unknown][]): object {
  const object = {};
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true });
  }
  return object;
}

/** What is done to the bytes of a request. */
const damage = fc.oneof(
  { weight: 6, arbitrary: fc.constant<(body: Buffer) => Uint8Array>((body) => body) },
  fc.nat().map((at) => (body: Buffer) => body.subarray(0, at % (body.length + 1))),
  fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 8 })).map(([at, bytes]) => (body: Buffer) => {
    const place = at % (body.length + 1);
    return Buffer.concat([body.subarray(0, place), bytes, body.subarray(place)]);
  }),
  fc.nat().map((at) => (body: Buffer) => {
    const copy = Buffer.from(body);
    if (copy.length > 0) copy[at % copy.length] = 0xff;
    return copy;
  }),
);

const contentTypes = [
  'application/json',
  'application/json; charset=utf-16',
  'APPLICATION/JSON',
  'text/plain',
  'text/json',
  '',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'application/octet-stream',
  'multipart/form-data; boundary=x',
  'application/json;',
  ';',
  'application/x-www-form-urlencoded; charset=latin1',
] as const;

function asForm(payload: unknown, token: string, now: string, key: string): [string, string][] {
  return [
    ...entriesOf(payload).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
    ]),
    ['timestamp', now],
    ['token', token],
    ['signature', hmac(now, token, key)],
  ];
}

function urlencoded(pairs: readonly [string, string][]): Buffer {
  return Buffer.from(pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&'));
}

function encode(text: string): string {
  // Half a character cannot be encoded.
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

function multipart(pairs: readonly [string, string][]): Buffer {
  const parts = pairs.map(
    ([name, value]) => `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return Buffer.from(`${parts.join('')}--x--\r\n`);
}

/** Mutated real payloads under a genuine signature: what a sender's own data, or a thief of the key, could bring. */
export function hostileRequests(now: () => number, key = signingKey): fc.Arbitrary<HostileRequest> {
  const payloads = realPayloads();
  return fc
    .record({
      payload: fc.constantFrom(...payloads),
      changes: fc.array(change, { minLength: 1, maxLength: 4 }),
      token: fc.uuid(),
      format: fc.constantFrom('json', 'json', 'json', 'urlencoded', 'multipart'),
      contentType: fc.option(fc.constantFrom(...contentTypes), { freq: 8 }),
      harm: damage,
    })
    .map(({ payload, changes, token, format, contentType, harm }) => {
      const data = changes.reduce<unknown>(changed, payload);
      const timestamp = String(now());
      const [type, body] =
        format === 'json'
          ? [
              'application/json',
              Buffer.from(
                JSON.stringify({
                  signature: { timestamp, token, signature: hmac(timestamp, token, key) },
                  'event-data': data,
                }) ?? '',
              ),
            ]
          : format === 'urlencoded'
            ? ['application/x-www-form-urlencoded', urlencoded(asForm(data, token, timestamp, key))]
            : ['multipart/form-data; boundary=x', multipart(asForm(data, token, timestamp, key))];
      return { contentType: contentType ?? type, body: harm(body) };
    });
}
