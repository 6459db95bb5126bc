import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { idOfKey } from '../../../src/store/ids';
import { type Result, Tally } from '../report';
import { signingKey } from '../virtual-space/virtual-space';
import { type AttackedSpace, openAttackedSpace, readOnlyToken } from './attacked-space';
import type { Client, RawAnswer } from './client';
import { judge } from './contract';
import { signed } from './signed';
import { tryTables } from './tables';

/** Routes that anybody may call: the webhook, whose signature is checked, and what holds no data. */
const openRoutes = ['/mailgun/events', '/health', '/status', '/dashboard', '/docs', '/openapi.json'];

const foreignOrigin = 'https://attacker.example';

const hasBody = (verb: string) => verb !== 'GET' && verb !== 'DELETE';

const openapi = v.object({ paths: v.record(v.string(), v.record(v.string(), v.unknown())) });

/** Every route of the API by the app's own OpenAPI document, as the manifest names it. */
async function documentedRoutes(client: Client): Promise<string[]> {
  const { paths } = v.parse(openapi, JSON.parse((await client.send('/openapi.json', 'GET', {})).body));
  return Object.entries(paths)
    .flatMap(([path, verbs]) =>
      Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    )
    .filter((route) => route.includes(' /api/'));
}

/** What is wrong with the headers of an answer that only the holder of a key may read. */
function unguarded({ status, headers }: RawAnswer): string[] {
  const isOpen = ['*', 'null', foreignOrigin].includes(headers['access-control-allow-origin'] ?? '*');
  return [
    ...(status === 0 || status === 401 ? [`it answered ${status}`] : []),
    ...(headers['cache-control'] === 'no-store' ? [] : ['a cache may keep it']),
    ...(headers['x-content-type-options'] === 'nosniff' ? [] : ['it may be taken for something else']),
    ...(isOpen ? ['pages of other origins may read it'] : []),
  ];
}

async function tryRoutes({ space, client }: AttackedSpace, tally: Tally): Promise<void> {
  const known = Object.keys(space.manifest.routehooks);
  const told = await documentedRoutes(client);
  for (const route of known.filter((one) => one.includes(' /api/') && !told.includes(one)))
    tally.add(`${route} in the OpenAPI document`, ['is missing']);
  tally.add('routes of the API', told.length > 20 ? [] : [`there are only ${told.length}`]);
  const routes = [...new Set([...known, ...told])].map((route) => {
    const [verb = '', pattern = ''] = route.split(' ');
    return { verb: verb === '*' ? 'GET' : verb, path: pattern.replace(/:\w+/g, 'someone%40example.com') };
  });
  for (const { verb, path } of routes.filter((route) => !openRoutes.includes(route.path))) {
    const expect = async (name: string, status: number, headers: Record<string, string>, query = '') => {
      const answer = await client.send(
        path + query,
        verb,
        headers,
        hasBody(verb) ? Buffer.from('{}') : undefined,
      );
      tally.add(`${verb} ${path} ${name}`, answer.status === status ? [] : [`answered ${answer.status}`]);
    };
    await expect('without a key', 401, {});
    await expect('with an empty key', 401, { 'x-apikey': '' });
    await expect('with a wrong key', 401, { 'x-apikey': `${space.apiKey}x` });
    await expect('with a bearer token', 401, { authorization: `Bearer ${space.apiKey}` });
    await expect('with the key under another name', 401, { 'x-api-key': space.apiKey });
    await expect('with the key in its address', 401, {}, `?apikey=${space.apiKey}&x-apikey=${space.apiKey}`);
    if (verb !== 'GET') await expect('with a read-only key', 401, { 'x-apikey': readOnlyToken });
    for (const query of ['', '?no-such-parameter=1']) {
      const headers = {
        'x-apikey': space.apiKey,
        origin: foreignOrigin,
        ...(hasBody(verb) && { 'content-type': 'application/json' }),
      };
      const answer = await client.send(
        path + query,
        verb,
        headers,
        hasBody(verb) ? Buffer.from('{}') : undefined,
      );
      tally.add(`${verb} ${path}${query} is its reader's alone`, unguarded(answer));
    }
  }
  for (const path of [
    '/mailgun',
    '/mailgun/',
    '/mailgun/other',
    '/mailgun/events/x',
    '/mailgun/../api/events',
    '/mailgun/%2e%2e/api/events',
    '/mailgun/..%2fapi%2fevents',
    '/mailgun//api/events',
    '/mailgun/events/../../api/events',
    '/mailgun\\api\\events',
    '/mailgun/api/events',
    '/mailgun/;/api/events',
    '//api/events',
    '/./api/events',
    '/API/events',
    '/api%2fevents',
  ]) {
    for (const verb of ['GET', 'POST', 'PUT', 'DELETE']) {
      const answer = await client.send(path, verb, {});
      const isShut = [400, 401, 404].includes(answer.status);
      tally.add(`${verb} ${path}`, isShut ? [] : [`answered ${answer.status} ${answer.body.slice(0, 80)}`]);
    }
  }
  for (const verb of ['GET', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await client.send('/mailgun/events', verb, {});
    tally.add(`${verb} /mailgun/events`, answer.status === 405 ? [] : [`answered ${answer.status}`]);
  }
}

/** Bodies at and beyond every limit. `stops` are answers that the space gives in the app's stead. */
async function tryLimits(attacked: AttackedSpace, tally: Tally): Promise<void> {
  const { client } = attacked;
  const base = '"event":"delivered","id":"limit","timestamp":1700000000,"recipient":"limit@example.com"';
  const padded = (size: number) => signed(`{${base},"x":"${'x'.repeat(size)}"}`);
  const deep = (depth: number) => signed(`{${base},"x":${'['.repeat(depth)}${']'.repeat(depth)}}`);
  const cases: ReadonlyArray<
    readonly [name: string, statuses: readonly number[], body: Buffer, headers?: Record<string, string>]
  > = [
    ['1 MiB less a little', [200], padded(1024 * 1024 - 500)],
    ['1 MiB and a little', [406, 413], padded(1024 * 1024)],
    ['20 MiB', [406, 413], padded(20 * 1024 * 1024)],
    ['depth 60', [200], deep(60)],
    ['depth 10,000', [406], deep(10_000)],
    ['depth 200,000', [406], deep(200_000)],
    [
      'invalid UTF-8',
      [200, 406],
      Buffer.concat([padded(1).subarray(0, -4), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from('"}}')]),
    ],
    ['a gzip bomb', [406, 415], gzipSync(Buffer.alloc(50 * 1024 * 1024)), { 'content-encoding': 'gzip' }],
    ['claims to be deflated', [406, 415], padded(1), { 'content-encoding': 'deflate' }],
    ['claims to be brotli', [406, 415], padded(1), { 'content-encoding': 'br' }],
    ['more than it says', [200, 400, 406, 0], padded(1), { 'content-length': '10' }],
    ['a length that is not a number', [400, 0], padded(1), { 'content-length': 'ten' }],
    ['a negative length', [400, 0], padded(1), { 'content-length': '-1' }],
    ['nothing at all', [406], Buffer.alloc(0)],
    [
      'half a multipart',
      [406],
      Buffer.from('--x\r\ncontent-disposition: form-data; name="event"\r\n\r\ndeliv'),
      { 'content-type': 'multipart/form-data; boundary=x' },
    ],
    [
      'a boundary like a pattern',
      [406],
      Buffer.from('--x'),
      { 'content-type': 'multipart/form-data; boundary=(a+)+$' },
    ],
    [
      '100,000 fields',
      [406],
      Buffer.from('a=&'.repeat(100_000)),
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    [
      'fields nested without end',
      [406],
      Buffer.from(`a${'[b]'.repeat(10_000)}=1`),
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    [
      '100,000 parts',
      [406],
      Buffer.from(`${'--x\r\n\r\n\r\n'.repeat(100_000)}--x--`),
      { 'content-type': 'multipart/form-data; boundary=x' },
    ],
  ];
  for (const [name, statuses, body, headers = {}] of cases) {
    const answer = await client.post(body, 'application/json', headers);
    tally.add(
      name,
      statuses.includes(answer.status) ? [] : [`answered ${answer.status} ${answer.body.slice(0, 120)}`],
    );
  }
}

/** Of one event at most so many tags are counted; the event itself is kept as it came. */
const countedTags = 50;

/** Tags that mean something to JavaScript, and far too many of them. */
async function tryTags(attacked: AttackedSpace, tally: Tally): Promise<void> {
  const odd = ['__proto__', 'constructor', '$set', 'a.b', 'all', 'tag:all', '=1+1', '<b>', 'hasOwnProperty'];
  const many = Array.from({ length: 10_000 }, (_, number) => `many-${number}`);
  for (const [name, tags] of [
    ['odd tags', odd],
    ['10,000 tags', many],
  ] as const) {
    const data = {
      event: 'clicked',
      id: name.replaceAll(/\W/g, ''),
      timestamp: 1_700_000_000,
      recipient: 'tags@example.com',
      tags,
    };
    const verdict = judge(await attacked.client.post(signed(JSON.stringify(data)), 'application/json'));
    tally.add(`${name} on one event`, 'id' in verdict ? [] : [JSON.stringify(verdict)]);
    const stored =
      'id' in verdict ? await attacked.space.connection.findOneOrNull('email_events', verdict.id) : null;
    const counted = Array.isArray(stored?.tags) ? stored.tags.length : 0;
    const raw = typeof stored?.raw === 'string' ? stored.raw : '';
    const isWhole = tags.every((tag) => raw.includes(JSON.stringify(tag)));
    tally.add(
      `${name}, as documented`,
      counted === Math.min(tags.length, countedTags) && isWhole
        ? []
        : [`${counted} are counted, kept whole: ${isWhole}`],
    );
  }
  tally.add('statistics after odd tags', await attacked.drain());
  for (const tag of odd) {
    const document = await attacked.space.connection.findOneOrNull(
      'campaign_stats',
      idOfKey(`tag:${tag.toLowerCase()}`, 'any'),
    );
    tally.add(
      `the tag ${tag}`,
      document?.clicks === 1 && document.uniqueClicks === 1 ? [] : ['is not counted'],
    );
    const answer = await attacked.client.send(`/api/campaigns/${encodeURIComponent(tag)}`, 'GET', {
      'x-apikey': attacked.space.apiKey,
    });
    tally.add(`the tag ${tag} by the API`, answer.status === 200 ? [] : [`answered ${answer.status}`]);
  }
}

/** What is open, what is shut, and what is too much. */
export async function tryDoors(bundleFile: string): Promise<Result> {
  const tally = new Tally('routes, limits, odd tags and tables');
  const attacked = await openAttackedSpace(bundleFile);
  try {
    await tryRoutes(attacked, tally);
    await tryLimits(attacked, tally);
    await tryTags(attacked, tally);
    await tryTables(attacked, tally);
    tally.add('the log', attacked.log.violations([signingKey, 'door-']));
  } finally {
    await attacked.close();
  }
  return tally.result();
}
