import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rateTable } from '../../src/statistics/counter-table';
import { type App, event, startApp } from './app';

const tags = ['by-hand'];
const people = {
  ann: 'ann@gmail.com',
  bob: 'bob@outlook.com',
  cem: 'cem@yahoo.com',
  dan: 'dan@outlook.com',
  eve: 'eve@company.example',
  fay: 'fay@company.example',
  gil: 'gil@company.example',
  hal: 'hal@outlook.com',
} as const;
type Person = keyof typeof people;

/** The events that the page of definitions tells of, in its order. */
const events: ReadonlyArray<readonly [Person, string, object?]> = [
  ['ann', 'accepted'],
  ['ann', 'delivered', { 'delivery-status': { 'attempt-no': 1 } }],
  ['ann', 'opened', { 'client-info': { bot: null } }],
  ['ann', 'opened', { 'client-info': { bot: '' } }],
  ['ann', 'clicked', { url: 'https://example.com/' }],
  ['bob', 'accepted'],
  ['bob', 'delivered', { 'delivery-status': { 'attempt-no': 2 } }],
  ['bob', 'opened', { 'client-info': { bot: 'apple' } }],
  ['cem', 'accepted'],
  ['cem', 'delivered', { 'delivery-status': { 'attempt-no': 1 } }],
  [
    'cem',
    'failed',
    {
      severity: 'permanent',
      reason: 'generic',
      flags: { 'is-delayed-bounce': true },
      'delivery-status': { 'bounce-code': '5.1.1' },
      tags: undefined,
    },
  ],
  ['dan', 'accepted'],
  [
    'dan',
    'failed',
    {
      severity: 'permanent',
      reason: 'bounce',
      'delivery-status': { code: 550, 'enhanced-code': '5.7.515' },
    },
  ],
  ['eve', 'accepted'],
  ['eve', 'failed', { severity: 'temporary', reason: 'generic', 'delivery-status': { code: 451 } }],
  ['eve', 'failed', { severity: 'permanent', reason: 'old', 'delivery-status': { code: 602 } }],
  ['fay', 'accepted'],
  ['fay', 'failed', { severity: 'permanent', reason: 'suppress-bounce', 'delivery-status': { code: 605 } }],
  ['gil', 'rejected', { recipient: undefined }],
  ['hal', 'accepted'],
  ['hal', 'delivered', { 'delivery-status': { 'attempt-no': 1 } }],
  ['hal', 'complained', { tags: [] }],
  ['hal', 'unsubscribed', { tags: ['*'] }],
  ['dan', 'failed', { severity: 'permanent', reason: 'generic', flags: { 'is-callback': true } }],
];

/** The numbers that the page works out. */
function worked(): Record<string, number> {
  const page = readFileSync('docs/definitions.md', 'utf8');
  const section = page.split('## A campaign worked out by hand\n')[1]?.split(/^## /m)[0] ?? '';
  const rows = section.matchAll(/^\| `(\w+)` +\|[^|]+\| ([\d.]+) +\|$/gm);
  return Object.fromEntries([...rows].map(([, name = '', value]) => [name, Number(value)]));
}

let app: App;
beforeAll(async () => {
  app = await startApp('bundle');
  const noon = Math.floor(Date.now() / 1000) - 7200;
  const told = events.map(([person, name, fields], at) =>
    event(name, {
      tags,
      recipient: people[person],
      timestamp: noon + at,
      message: { headers: { to: people[person], 'message-id': `${person}@mg.example.com` } },
      ...fields,
    }),
  );
  // The order in which they come does not matter.
  for (const one of told.reverse()) await app.send(one);
  await app.drain();
});
afterAll(() => app.stop());

const numbers = v.record(v.string(), v.nullable(v.number()));

it('a small campaign has the numbers that the page of definitions works out by hand, and no others', async () => {
  const { body } = await app.get('/api/campaigns/by-hand');
  const rates = v.parse(numbers, body.rates);
  const isNumber = (entry: [string, unknown]): entry is [string, number] => typeof entry[1] === 'number';
  const answered = [...Object.entries(body), ...Object.entries(rates)]
    .filter(isNumber)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => [name, Math.round(value * 10_000) / 10_000]);
  expect(worked()).toEqual(Object.fromEntries(answered));
  expect(Object.keys(worked())).toEqual(expect.arrayContaining(rateTable.map(({ name }) => name)));
});

it('as all mail has, since nothing else was sent', async () => {
  const { body } = await app.get('/api/summary');
  const { body: campaign } = await app.get('/api/campaigns/by-hand');
  expect(body.rates).toEqual(campaign.rates);
  expect(campaign).toMatchObject(v.parse(numbers, body.totals));
});

it('the audit agrees', async () => {
  expect(await app.audit()).toEqual([]);
});
