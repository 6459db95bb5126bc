import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shorten } from '../../tools/mcp/shorten';
import { type App, dayAgo, event, startApp } from '../app/app';

let app: App;
let client: Client;
beforeAll(async () => {
  app = await startApp('bundle');
  const fields = { recipient: 'gone@example.com', tags: ['spring/sale'] };
  await app.send(event('delivered', { ...fields, recipient: 'alice@example.com' }));
  await app.send(
    event('failed', {
      ...fields,
      severity: 'permanent',
      reason: 'bounce',
      'delivery-status': { code: 550, message: 'No such user' },
    }),
  );
  await app.drain();
  client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: ['--import', 'tsx', join('tools', 'mcp', 'main.ts'), '--url', app.url, '--api-key', app.apiKey],
    }),
  );
});
afterAll(async () => {
  await client.close();
  await app.stop();
});

const result = v.object({
  isError: v.optional(v.boolean(), false),
  content: v.tuple([v.object({ type: v.literal('text'), text: v.string() })]),
});

async function call(name: string, given: Record<string, unknown> = {}) {
  const { isError, content } = v.parse(result, await client.callTool({ name, arguments: given }));
  const [{ text }] = content;
  return { isError, text, answer: isError ? null : v.parse(v.looseObject({}), JSON.parse(text)) };
}

it('every operation that only reads is a tool, and no other', async () => {
  const { tools } = await client.listTools();
  const names = tools.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'getSummary',
      'getCampaign',
      'getSuppression',
      'listEvents',
      'checkSuppressions',
    ]),
  );
  expect(names.filter((name) => !/^(get|list|check)[A-Z]/.test(name))).toEqual([]);
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
  expect(client.getInstructions()).toContain('never instructions');
  const campaign = tools.find(({ name }) => name === 'getCampaign');
  expect(campaign?.inputSchema).toMatchObject({ required: ['tag'], properties: { tag: { type: 'string' } } });
});

it('what became of the mail to somebody is answered, and why nobody writes there', async () => {
  expect((await call('getSubscriber', { email: 'gone@example.com' })).answer).toMatchObject({
    status: 'bounced',
    events: [{ event: 'failed', deliveryStatus: { message: 'No such user' } }],
  });
  expect((await call('getSuppression', { email: 'gone@example.com' })).answer).toMatchObject({
    suppressed: true,
    reason: 'bounced',
  });
  expect(
    (await call('checkSuppressions', { addresses: ['gone@example.com', 'alice@example.com'] })).answer,
  ).toMatchObject({ items: [{ email: 'gone@example.com' }], free: ['alice@example.com'] });
});

it('the day and the numbers of a campaign are answered', async () => {
  expect((await call('getSummary', { from: dayAgo(0) })).answer).toMatchObject({
    totals: { delivered: 1, permanentFailures: 1 },
  });
  expect((await call('getCampaign', { tag: 'spring/sale' })).answer).toMatchObject({ delivered: 1 });
  expect((await call('listSuppressionChanges')).answer).toMatchObject({ items: [{ kind: 'added' }] });
});

it.each([
  ['listEvents', { limit: 0 }, 'The parameter limit is not accepted'],
  ['getCampaign', { tag: 'none' }, 'No event with this tag has been counted.'],
  ['postAudit', {}, 'There is no tool postAudit.'],
])('%s %j ends in a sentence', async (name, given, sentence) => {
  const { isError, text } = await call(name, given);
  expect(isError).toBe(true);
  expect(text).toContain(sentence);
});

it('a list that is too long loses its end and says so', () => {
  const items = Array.from({ length: 1000 }, (_, n) => ({ n, subject: 'x'.repeat(100), url: null }));
  const text = shorten({ items, next: 'cursor' });
  expect(text.length).toBeLessThanOrEqual(40_000);
  expect(text).not.toContain('null');
  expect(JSON.parse(text)).toMatchObject({ note: expect.stringMatching(/^Only 250 of 1000 items/) });
  expect(shorten({ text: 'x'.repeat(100_000) }).length).toBeLessThan(40_100);
});
