import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RecordedMailgun, startRecordedMailgun } from '../backfill/space';
import { type App, dayAgo, event, readAnswer, startApp } from './app';

const operation = v.object({
  summary: v.string(),
  operationId: v.optional(v.string()),
  parameters: v.array(v.object({ name: v.string(), in: v.string() })),
  responses: v.record(
    v.string(),
    v.object({
      description: v.string(),
      content: v.optional(v.record(v.string(), v.object({ schema: v.looseObject({}) }))),
    }),
  ),
});
const specification = v.object({
  openapi: v.string(),
  servers: v.array(v.object({ url: v.string() })),
  paths: v.record(v.string(), v.record(v.string(), operation)),
  components: v.object({ schemas: v.record(v.string(), v.looseObject({})) }),
});
type Specification = v.InferOutput<typeof specification>;

let app: App;
let document: Specification;
let raw: Record<string, unknown>;
let deadKey: string;
let destination: string;
let alertId: string;
let mailgun: RecordedMailgun;
beforeAll(async () => {
  mailgun = await startRecordedMailgun();
  mailgun.record.add(event('delivered', { timestamp: Date.now() / 1000 - 3600 }));
  mailgun.record.add(event('delivered', { timestamp: Date.now() / 1000 - 2 * 86_400 }));
  app = await startApp('bundle', { env: mailgun.env });
  await app.call('POST', '/api/reconciliation', { from: dayAgo(2), to: dayAgo(2) });
  // Nobody is there: its delivery fails.
  const told = {
    name: 'On call',
    kind: 'slack',
    url: 'https://nobody.invalid/x',
    filter: { kinds: ['event'] },
  };
  destination = String((await app.call('POST', '/api/destinations', told)).body.id);
  const named = { recipient: 'alice@example.com', tags: ['welcome'] };
  await app.send(event('delivered', named));
  await app.send(event('opened', { ...named, geolocation: { city: 'Oslo' }, 'client-info': { bot: '' } }));
  await app.send(event('complained', named));
  const { body } = await app.send(
    event('failed', { ...named, severity: 'permanent', reason: 'bounce', 'delivery-status': { code: 550 } }),
  );
  await app.drain();
  deadKey = String(body.id);
  await app.connection.updateOne('email_events', deadKey, { $set: { state: 'dead', lastError: 'no' } });
  await app.runJobs('*/1 * * * *');
  alertId = v.parse(v.looseObject({ _id: v.string() }), await app.connection.findOne('alerts', {}))._id;
  raw = (await readAnswer(await fetch(`${app.url}/openapi.json`))).body;
  document = v.parse(specification, raw);
});
afterAll(async () => {
  await app.stop();
  await mailgun.server.stop();
});

/** A schema of the document as ajv takes it: OpenAPI 3.0 says `nullable` where JSON Schema lists null. */
function jsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(jsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const {
    nullable,
    example: _,
    ...rest
  } = v.parse(v.looseObject({ nullable: v.optional(v.boolean()) }), value);
  const schema = Object.fromEntries(Object.entries(rest).map(([name, part]) => [name, jsonSchema(part)]));
  return nullable ? { anyOf: [schema, { type: 'null' }] } : schema;
}

const problems = (schema: unknown, answer: unknown): unknown => {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile({
    ...v.parse(v.looseObject({}), jsonSchema(schema)),
    components: jsonSchema(document.components),
  });
  return validate(answer) ? [] : validate.errors;
};

const schemaOf = (path: string, method: string, status: number) =>
  document.paths[path]?.[method]?.responses[status]?.content?.['application/json']?.schema;

it('is a valid document whose server is beside it', async () => {
  expect((await new Validator().validate(raw)).errors ?? []).toEqual([]);
  expect(document.servers).toEqual([{ url: '.' }]);
});

it('holds every route of the app, with a summary of its own', () => {
  const routes = Object.keys(app.manifest.routehooks).flatMap((route) => {
    const [method = '', path = ''] = route.split(' ');
    const isMeta = path === '/openapi.json' || path === '/docs' || method === '*';
    return isMeta ? [] : [`${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`];
  });
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary }]) => {
      expect(summary).not.toContain(path);
      return `${method} ${path}`;
    }),
  );
  expect(documented.sort()).toEqual(routes.sort());
});

it('names every operation that only reads, each by a name of its own', () => {
  const ids = Object.entries(document.paths).flatMap(([path, { get }]) => {
    if (!path.startsWith('/api/') || get?.responses[200]?.content?.['application/json'] === undefined)
      return [];
    expect(get.operationId, path).toMatch(/^(get|list)[A-Z]\w+$/);
    return [get.operationId];
  });
  expect(new Set(ids).size).toBe(ids.length);
});

it.each([
  ['/health', '/health'],
  ['/status', '/status'],
  ['/api/summary', '/api/summary?from=2026-01-01'],
  ['/api/summary', '/api/summary'],
  ['/api/digest', '/api/digest'],
  ['/api/digest', '/api/digest?period=weekly'],
  ['/api/timeline', '/api/timeline?by=hour'],
  ['/api/campaigns', '/api/campaigns'],
  ['/api/campaigns/{tag}', '/api/campaigns/welcome'],
  ['/api/failures', '/api/failures'],
  ['/api/refusals', '/api/refusals'],
  ['/api/subscribers', '/api/subscribers'],
  ['/api/subscribers/{email}', '/api/subscribers/alice@example.com'],
  ['/api/suppressions/{email}', '/api/suppressions/alice@example.com'],
  ['/api/suppressions/{email}', '/api/suppressions/free@example.com?domain=mg.example.com&tag=a'],
  ['/api/suppressions/changes', '/api/suppressions/changes'],
  ['/api/allowlist', '/api/allowlist'],
  ['/api/events', '/api/events'],
  ['/api/events/{key}', '/api/events/DEAD'],
  ['/api/messages/{messageId}', '/api/messages/m1@mg.example.com'],
  ['/api/dead', '/api/dead'],
  ['/api/backfill', '/api/backfill'],
  ['/api/reconciliation', '/api/reconciliation?from=2026-01-01&to=2026-01-31'],
  ['/api/reconciliation', '/api/reconciliation'],
  ['/api/destinations', '/api/destinations'],
  ['/api/destinations/{id}/deliveries', '/api/destinations/DESTINATION/deliveries'],
  ['/api/alerts', '/api/alerts'],
  ['/api/alerts/{id}', '/api/alerts/ALERT'],
  ['/api/alerts/rules', '/api/alerts/rules'],
])('%s is answered as documented: %s', async (path, asked) => {
  const answer = await app.get(
    asked
      .replace('DEAD', encodeURIComponent(deadKey))
      .replace('DESTINATION', destination)
      .replace('ALERT', alertId),
  );
  expect(answer.status).toBe(200);
  expect(problems(schemaOf(path, 'get', 200), answer.body)).toEqual([]);
});

it.each([
  ['get', '/api/events', '/api/events?limit=0', 400],
  ['get', '/api/campaigns/{tag}', '/api/campaigns/none', 404],
  ['get', '/api/subscribers/{email}', '/api/subscribers/none', 400],
  ['post', '/api/dead/{key}/requeue', '/api/dead/none/requeue', 404],
  ['post', '/api/subscribers/{email}/reactivate', '/api/subscribers/alice@example.com/reactivate', 200],
  ['post', '/api/suppressions/check', '/api/suppressions/check', 200],
  ['post', '/api/suppressions', '/api/suppressions', 200],
  ['post', '/api/suppressions/{email}/lift', '/api/suppressions/alice@example.com/lift', 200],
  ['post', '/api/suppressions/{email}/lift', '/api/suppressions/none@example.com/lift', 404],
  ['post', '/api/allowlist', '/api/allowlist', 200],
  ['delete', '/api/allowlist/{value}', '/api/allowlist/example.com', 200],
  ['post', '/api/alerts/{id}/acknowledge', '/api/alerts/ALERT/acknowledge', 200],
  ['post', '/api/alerts/{id}/acknowledge', '/api/alerts/none/acknowledge', 404],
  ['post', '/api/alerts/{id}/mute', '/api/alerts/ALERT/mute', 200],
  ['put', '/api/alerts/rules/{name}', '/api/alerts/rules/complaints', 200],
  ['put', '/api/alerts/rules/{name}', '/api/alerts/rules/none', 404],
  ['delete', '/api/alerts/rules/{name}', '/api/alerts/rules/complaints', 200],
  ['post', '/api/audit', '/api/audit', 200],
  ['post', '/api/backfill', '/api/backfill', 200],
  ['post', '/api/reconciliation', '/api/reconciliation', 200],
  ['post', '/api/dead/requeue', '/api/dead/requeue', 200],
  ['delete', '/api/subscribers/{email}', '/api/subscribers/alice@example.com', 200],
  ['post', '/api/destinations', '/api/destinations', 200],
  ['put', '/api/destinations/{id}', '/api/destinations/DESTINATION', 200],
  ['put', '/api/destinations/{id}', '/api/destinations/none', 404],
  ['post', '/api/destinations/{id}/test', '/api/destinations/DESTINATION/test', 200],
  ['post', '/api/destinations/{id}/requeue', '/api/destinations/DESTINATION/requeue', 200],
  ['delete', '/api/destinations/{id}', '/api/destinations/DESTINATION', 200],
] as const)('%s %s is answered as documented: %s %i', async (method, path, asked, status) => {
  const bodies: Record<string, object> = {
    '/api/suppressions/check': { addresses: ['alice@example.com', 'x'] },
    '/api/suppressions': { email: 'alice@example.com', until: '2030-01-01', why: 'On leave.' },
    '/api/allowlist': { value: 'example.com' },
    '/api/destinations': { name: 'Other', kind: 'teams', url: 'https://nobody.invalid/y' },
    '/api/backfill': { domain: 'mg.example.com', from: '2020-01-01' },
    '/api/reconciliation': { from: dayAgo(3), to: dayAgo(2) },
    '/api/alerts/{id}/mute': { until: '2030-01-01T00:00:00Z', by: 'Support' },
    '/api/alerts/rules/{name}': { warn: 0.0015 },
  };
  const body = bodies[path] ?? {};
  const answer = await readAnswer(
    await fetch(app.url + asked.replace('DESTINATION', destination).replace('ALERT', alertId), {
      method: method.toUpperCase(),
      headers: { 'x-apikey': app.apiKey, 'content-type': 'application/json' },
      ...(method === 'post' || method === 'put' ? { body: JSON.stringify(body) } : {}),
    }),
  );
  expect(answer.status).toBe(status);
  expect(problems(schemaOf(path, method, status), answer.body)).toEqual([]);
});

it('names the parameters that the routes take, and no others', async () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    const query = methods.get?.parameters.filter((parameter) => parameter.in === 'query');
    if (
      query === undefined ||
      path.includes('{') ||
      path === '/health' ||
      path === '/status' ||
      path === '/dashboard'
    )
      continue;
    for (const { name } of query) {
      // A value that fits none: what is said must be about the value and not about the name.
      const { status, body } = await app.get(`${path}?${name}=a&${name}=b`);
      expect({ path, name, status, detail: body.detail }).not.toMatchObject({
        detail: expect.stringMatching(/Expected never/),
      });
    }
    expect((await app.get(`${path}?undocumented=1`)).status).toBe(400);
  }
});

it.each(['/docs', '/docs/'])(
  '%s is a page that tells every route and leads to the document',
  async (path) => {
    const text = await (await fetch(app.url + path)).text();
    const [, url = ''] = /href="([^"]+openapi\.json)"/.exec(text) ?? [];
    expect(new URL(url, app.url + path).href).toBe(`${app.url}/openapi.json`);
    for (const [route, methods] of Object.entries(document.paths))
      for (const method of Object.keys(methods)) expect(text).toContain(`${method.toUpperCase()} ${route}`);
    // An example may show an address; nothing is loaded from one, or leads to one.
    expect(text).not.toMatch(/<script|src=|=["']?https?:/);
  },
);
