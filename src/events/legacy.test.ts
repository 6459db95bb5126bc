import { describe, expect, it } from 'vitest';
import { FormFields } from './form';
import { readLegacyEvent } from './legacy';

const read = (pairs: Array<[string, string]>) => {
  const event = readLegacyEvent(new FormFields(pairs), 1_700_000_000);
  if (event === null) throw new Error('This is an event');
  return event;
};
const signed: Array<[string, string]> = [
  ['timestamp', '1700000000'],
  ['token', 'mailgun-token'],
  ['signature', 'mailgun-signature'],
];
const base: Array<[string, string]> = [
  ['event', 'opened'],
  ['recipient', 'alice@example.com'],
  ['domain', 'mail.example.org'],
];

it('variables that are named like a field that all objects inherit are kept', () => {
  const stated = '{"constructor":"a","__proto__":"b","prototype":{"c":1}}';
  const headers = JSON.stringify([['X-Mailgun-Variables', stated]]);
  expect(read([['event', 'delivered'], ['message-headers', headers], ...signed]).userVariables).toBe(stated);
  const merged = read([
    ['event', 'opened'],
    ['constructor', 'a'],
    ['__proto__', 'b'],
    ['prototype', 'c'],
    ...signed,
  ]);
  expect(merged.userVariables).toBe('{"constructor":"a","__proto__":"b","prototype":"c"}');
});

describe('variables that are merged into the form', () => {
  it('are kept when they are named like fields of Mailgun, which keep their meaning', () => {
    const event = read([
      ['token', 'gold'],
      ['timestamp', '12'],
      ['signature', 'Best wishes'],
      ...base,
      ['tag', 'one'],
      ['tag', 'two'],
      ['event', 'wedding'],
      ['recipient', 'somebody@else.example'],
      ['domain', 'else.example'],
      ['color', 'red'],
      ...signed,
    ]);
    expect(event).toMatchObject({
      event: 'opened',
      recipient: 'alice@example.com',
      domain: 'mail.example.org',
      tags: ['one', 'two'],
    });
    expect(JSON.parse(event.userVariables ?? '')).toEqual({
      token: 'gold',
      timestamp: '12',
      signature: 'Best wishes',
      event: 'wedding',
      recipient: 'somebody@else.example',
      domain: 'else.example',
      color: 'red',
    });
  });

  it.each(['code', 'reason', 'error', 'description', 'notification', 'url'])(
    'include %s, which Mailgun has on other events only',
    (name) => {
      const event = read([...base, [name, 'mine'], ...signed]);
      expect(event.userVariables).toBe(JSON.stringify({ [name]: 'mine' }));
      expect(event).toMatchObject({ reason: null, url: null, deliveryStatus: null });
    },
  );

  it('do not include the link of a click', () => {
    const event = read([
      ['event', 'clicked'],
      ...base.slice(1),
      ['url', 'https://x.org/'],
      ['url', 'mine'],
      ...signed,
    ]);
    expect(event).toMatchObject({ url: 'https://x.org/', userVariables: '{"url":"mine"}' });
  });

  it('are none without any, files and repeated tags included', () => {
    expect(
      read([...base, ['tag', 'a'], ['tag', 'b'], ['attachment-1', 'x'], ...signed]).userVariables,
    ).toBeNull();
  });
});

describe('the original', () => {
  it('is kept without what Mailgun signed with, and with what the sender named so', () => {
    const { raw } = read([['token', 'gold'], ...base, ...signed]);
    expect(JSON.parse(raw)).toEqual([['token', 'gold'], ...base, ['timestamp', '1700000000']]);
  });
});

it.each([
  ['550', { code: 550, enhancedCode: null }],
  ['5.1.1', { code: null, enhancedCode: '5.1.1' }],
  ['nonsense', { code: null, enhancedCode: null }],
])('the code %j of a bounce is %j', (code, expected) => {
  const event = read([['event', 'bounced'], ['recipient', 'alice@example.com'], ['code', code], ...signed]);
  expect(event).toMatchObject({
    event: 'failed',
    severity: 'permanent',
    reason: 'bounce',
    deliveryStatus: expected,
  });
});

it('the domain comes from the message when the form does not state it', () => {
  const fields: Array<[string, string]> = [
    ['event', 'delivered'],
    ['recipient', 'alice@example.com'],
    ['Message-Id', '<m1@brand.example>'],
  ];
  const headers: [string, string] = ['message-headers', JSON.stringify([['Sender', 'bob@mail.example.org']])];
  expect(read([...fields, headers, ...signed]).domain).toBe('mail.example.org');
  expect(read([...fields, ...signed]).domain).toBe('brand.example');
});
