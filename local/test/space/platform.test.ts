import { describe, expect, it } from 'vitest';
import type { Connection } from '../../connection';
import type { Switches } from '../../switches/switches';
import { startTour, type Tour, writeBundle } from './tour';

/** Starts a bundle that is written by hand, on a platform that behaves like this. */
function startBundle(
  hooks: string,
  switches: Partial<Switches> = {},
  wrapConnection?: (connection: Connection) => Connection,
): Promise<Tour> {
  const app = writeBundle(`var EntryPoint = { default: { ${hooks} } };`);
  return startTour({ app, switches, ...(wrapConnection && { wrapConnection }) });
}

/** A route that calls the Datastore and answers what it resolves, or with which sentence it rejects. */
const calling = (call: string) => `routehooks: { 'GET /call': [async (req, res) => {
  const conn = await DB.open();
  try { res.json({ resolved: (await ${call}) ?? null }); } catch (error) { res.json({ rejected: error.message }); }
}] }`;

async function call(code: string, switches: Partial<Switches>): Promise<unknown> {
  const tour = await startBundle(calling(code), switches);
  return (await tour.call('/call')).json();
}

describe('what calls of the Datastore do', () => {
  it.each<[string, string, Partial<Switches>, object]>([
    ['an odd id', `conn.insertOne('c', { _id: 'a@b' })`, {}, { rejected: expect.stringContaining('_id') }],
    [
      'an odd id by way of collection()',
      `conn.collection('c').insertOne({ _id: 'a@b' })`,
      {},
      { rejected: expect.stringContaining('_id') },
    ],
    [
      'an odd id that is allowed',
      `conn.insertOne('c', { _id: 'a@b' })`,
      { oddIds: 'allowed' },
      { resolved: { _id: 'a@b' } },
    ],
    [
      'an update by an odd id',
      `conn.updateOne('c', 'é', {}, { upsert: true })`,
      {},
      { rejected: expect.stringContaining('_id') },
    ],
    [
      'a long $in',
      `conn.getMany('c', { $or: [{ n: { $in: [1, 2, 3] } }] }).toArray()`,
      { idsPerRead: 2 },
      { rejected: expect.stringContaining('at most 2') },
    ],
    ['a long $in elsewhere', `conn.getMany('c', { n: { $in: [1, 2, 3] } }).toArray()`, {}, { resolved: [] }],
    [
      'an index of two fields',
      `conn.createIndex('c', ['a', 'b'])`,
      { indexes: 'refused' },
      { rejected: expect.any(String) },
    ],
    [
      'an index of one field',
      `conn.createIndex('c', ['a'])`,
      { indexes: 'refused' },
      { resolved: expect.anything() },
    ],
    [
      'set of an object',
      `conn.set('k', { a: 1 }).then(() => conn.get('k'))`,
      {},
      { resolved: '[object Object]' },
    ],
    [
      'set of an object that is kept',
      `conn.set('k', { a: 1 }).then(() => conn.get('k'))`,
      { setObject: 'json' },
      { resolved: { a: 1 } },
    ],
    [
      'removeOne',
      `conn.insertOne('c', { _id: 'a' }).then(() => conn.removeOne('c', 'a'))`,
      {},
      { resolved: 'a' },
    ],
    [
      'runAt that is refused',
      `conn.runAt(new Date(), {}, 't')`,
      { runAt: 'refused' },
      { rejected: expect.stringContaining('runAt') },
    ],
  ])('%s', async (_, code, switches, expected) => {
    expect(await call(code, switches)).toEqual(expected);
  });

  it('an index of two fields becomes one for each where there is one per field', async () => {
    const tour = await startBundle(calling(`conn.createIndex('c', ['a', 'b'])`), { indexes: 'perField' });
    await tour.call('/call');
    expect(tour.storage.describe().map(({ indexes }) => indexes)).toEqual([[['a'], ['b']]]);
  });
});

describe('a job of runAt', () => {
  const scheduling = `routehooks: { 'GET /later': [async (req, res) => {
    const conn = await DB.open();
    await conn.runAt(new Date(Date.now() + 600), {}, 'noting');
    res.end();
  }] }, workerhooks: { noting: [async (req, res) => {
    await (await DB.open()).insertOne('notes', {});
    res.end();
  }] }`;
  it.each<[Switches['runAt'], number, number]>([
    ['onTime', 0, 1],
    ['atOnce', 1, 1],
    ['never', 0, 0],
  ])('%s', async (runAt, soon, later) => {
    const tour = await startBundle(scheduling, { runAt });
    const notes = () => tour.connection.count('notes');
    await tour.call('/later');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await notes()).toBe(soon);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await notes()).toBe(later);
  });
});

describe('timers of a bundle', () => {
  const timed = `routehooks: { 'GET /timers': [(req, res) => {
    let interval = 'runs';
    try { clearInterval(setInterval(() => {}, 1000)); } catch { interval = 'throws'; }
    setTimeout(() => res.json({ interval, immediate: typeof setImmediate }), 1);
  }] }, workerhooks: { timed: [async (req, res) => {
    const conn = await DB.open();
    const timer = setTimeout(async () => { await conn.insertOne('notes', {}); res.end(); }, 1);
    clearTimeout(setTimeout(() => {}, 1));
    await conn.insertOne('begun', { type: typeof timer });
  }] }`;
  it('are not all there', async () => {
    const tour = await startBundle(timed);
    expect(await (await tour.call('/timers')).json()).toEqual({ interval: 'throws', immediate: 'undefined' });
    await tour.connection.enqueue('timed', {});
    await expect.poll(() => tour.connection.count('begun')).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await tour.connection.count('notes')).toBe(0);
  });

  it('may all be there', async () => {
    const tour = await startBundle(timed, {
      intervals: 'run',
      workerTimers: 'fire',
      immediate: 'runs',
      afterResponse: 'runs',
    });
    expect(await (await tour.call('/timers')).json()).toEqual({ interval: 'runs', immediate: 'function' });
    await tour.connection.enqueue('timed', {});
    await expect.poll(() => tour.connection.count('notes')).toBe(1);
  });
});

describe('a body that nobody has parsed', () => {
  const sizes = `routehooks: { 'POST /now': [(req, res) => {
    req.pipe({ end: (bytes) => res.json({ size: bytes.length }) });
  }], 'POST /later': [async (req, res) => {
    await null;
    req.pipe({ end: (bytes) => res.json({ size: bytes.length }) });
  }] }`;
  const post = async (tour: Tour, path: string) => {
    const body = new FormData();
    body.append('a', 'b');
    const { size } = (await (await tour.call(path, { method: 'POST', body })).json()) as { size: number };
    return size > 0;
  };
  it('is there until the first await of the handler, or for good', async () => {
    const tour = await startBundle(sizes);
    expect([await post(tour, '/now'), await post(tour, '/later')]).toEqual([true, false]);
    const kind = await startBundle(sizes, { bodyStream: 'kept' });
    expect([await post(kind, '/now'), await post(kind, '/later')]).toEqual([true, true]);
  });
});

describe('what the platform answers by itself', () => {
  const health = `routehooks: { 'GET /health': [(req, res) => res.json({ mine: true })] }, authhooks: { '/health': [(req, res, next) => next()] }`;
  it('/health, or not', async () => {
    const shadowed = await startBundle(health, { ownHealth: 'shadows' });
    expect(await (await fetch(`${shadowed.url}/health`)).text()).toBe('Alive');
    const left = await startBundle(health);
    expect(await (await fetch(`${left.url}/health`)).json()).toEqual({ mine: true });
  });

  it.each<[Switches['cors'], string, string | null]>([
    ['credentials', 'https://shop.example', 'true'],
    ['anyOrigin', '*', null],
  ])('the headers for other origins: %s', async (cors, origin, credentials) => {
    const tour = await startBundle(health, { cors });
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await fetch(`${tour.url}/health`, {
        method,
        headers: { origin: 'https://shop.example' },
      });
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-allow-credentials')).toBe(credentials);
    }
  });

  it('429 beyond the calls of the free plan', async () => {
    const tour = await startTour({
      app: writeBundle(`var EntryPoint = { default: { ${health} } };`),
      switches: { plan: 'free' },
      limits: { callsPerMinute: 3 },
    });
    const statuses: number[] = [];
    for (let calls = 0; calls < 5; calls += 1) statuses.push((await fetch(`${tour.url}/health`)).status);
    // A minute may end in between.
    expect(statuses.slice(0, 3)).toEqual([200, 200, 200]);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(1);
  });
});

describe('a handler that nobody waits for', () => {
  const holding = `routehooks: { 'POST /store': [async (req, res) => {
    const conn = await DB.open();
    await conn.insertOne('begun', {});
    await conn.insertOne('stored', {});
    res.end();
  }] }`;
  it.each<[Switches['clientGone'], number]>([
    ['ends', 0],
    ['goesOn', 1],
  ])('because its client has hung up: %s', async (clientGone, stored) => {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const tour = await startBundle(holding, { clientGone }, (connection) => ({
      ...connection,
      insertOne: async (name, document) => {
        const result = await connection.insertOne(name, document);
        if (name === 'begun') await held;
        return result;
      },
    }));
    const hangUp = new AbortController();
    const request = tour.call('/store', { method: 'POST', signal: hangUp.signal }).catch(() => {});
    await expect.poll(() => tour.connection.count('begun')).toBe(1);
    hangUp.abort();
    await request;
    await new Promise((resolve) => setTimeout(resolve, 200));
    letGo();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await tour.connection.count('stored')).toBe(stored);
  });
});

describe('a worker that takes too long', () => {
  const slow = `routehooks: {}, workerhooks: { slow: [async (req, res) => {
    const conn = await DB.open();
    const run = await conn.incr('runs', 1);
    await conn.insertOne('begun', { run });
    if (run < 3) await conn.insertOne('slow', { run });
    await conn.insertOne('ended', { run });
    res.end();
  }] }, settings: { 'queue_worker:slow': { workers: 1, timeout: 100 } }`;
  /** The first two runs come to a call that takes longer than they may. */
  const slowly = (connection: Connection): Connection => ({
    ...connection,
    insertOne: async (name, document) => {
      if (name === 'slow') await new Promise((resolve) => setTimeout(resolve, 400));
      return connection.insertOne(name, document);
    },
  });
  it('is killed and retried at once, until it ends', async () => {
    const tour = await startBundle(slow, {}, slowly);
    await tour.connection.enqueue('slow', {});
    await expect.poll(() => tour.connection.count('ended'), { timeout: 10_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 600));
    const runs = (await tour.connection.getMany('ended').toArray()).map(({ run }) => run);
    expect(runs).toEqual([3]);
  });

  it('may go on beside its retry', async () => {
    const tour = await startBundle(slow, { lateJob: 'goesOn' }, slowly);
    await tour.connection.enqueue('slow', {});
    await expect.poll(() => tour.connection.count('ended'), { timeout: 10_000 }).toBe(3);
  });
});
