import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileBundle } from '../../runtime/compile-bundle';
import type { SpaceOptions } from '../../space';
import { startTour, temporaryFolder, tourFolder, writeBundle } from './tour';

/** Starts a space with a bundle written by hand. */
const startBundle = (code: string, options: Partial<SpaceOptions> = {}) =>
  startTour({ ...options, app: writeBundle(code) });
const manifest = (parts: string) => `var EntryPoint = { default: { routehooks: {}, ${parts} } };`;

describe('an app compiled by the official CLI', () => {
  let file: string;
  beforeAll(async () => {
    file = await compileBundle(tourFolder, join(temporaryFolder(), 'bundle.js'));
  });

  it('serves its routes, stores and works', async () => {
    const tour = await startTour({ app: { kind: 'bundle', file } });
    expect(await (await fetch(`${tour.url}/public/hello`)).json()).toEqual({ hello: 'world' });
    const body = JSON.stringify({ place: 'Oslo' });
    await tour.call('/enqueue/visitor', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    await expect
      .poll(async () => (await tour.connection.getMany('visits').toArray()).map(({ place }) => place))
      .toEqual(['Oslo']);
  });

  it('reads the variables of its own space', async () => {
    const one = await startTour({ app: { kind: 'bundle', file }, env: { TOUR: 'one' } });
    const two = await startTour({
      app: { kind: 'bundle', file },
      env: { TOUR: 'two' },
      quirks: { envInjection: 'afterLoad' },
    });
    expect(await (await one.call('/environment')).json()).toEqual({ atLoad: 'one', now: 'one' });
    expect(await (await two.call('/environment')).json()).toEqual({ atLoad: null, now: 'two' });
    expect(process.env.TOUR).toBe(undefined);
  });
});

it('an app that does not compile is refused with the messages of the compiler', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'index.js'), "import './missing.js';");
  await expect(compileBundle(folder, join(folder, 'bundle.js'))).rejects.toThrow(
    /does not compile.*missing\.js/s,
  );
});

it('instances of an app share no memory', async () => {
  const tour = await startBundle(
    `let count = 0; ${manifest('routehooks: { "GET /count": [(req, res) => res.json(++count)] }')}`,
    { quirks: { instances: 2 } },
  );
  const counts: unknown[] = [];
  for (let request = 0; request < 4; request++) {
    counts.push(await (await tour.call('/count')).json());
  }
  expect(counts).toEqual([1, 1, 2, 2]);
});

describe('a bundle is refused with a sentence when it', () => {
  it.each([
    ['throws', 'throw new Error("no luck");', /fails while it loads: Error: no luck/],
    ['is not JavaScript', 'var EntryPoint = {', /fails while it loads: .*SyntaxError/s],
    ['exports nothing', 'var EntryPoint = {};', /no default export/],
    ['uses top-level await', 'var EntryPoint = (async () => ({}))();', /top-level await/],
    ['exports a promise', 'var EntryPoint = { default: Promise.resolve({}) };', /is a promise/],
    ['exports something else', 'var EntryPoint = { default: 5 };', /not what `app.init\(\)` returns/],
    ['registers no function', manifest('jobhooks: { "* * * * *": ["x"] }'), /not a function: jobhooks/],
    [
      'schedules nonsense',
      manifest('jobhooks: { "every day": [() => {}] }'),
      /"every day", which is no cron/,
    ],
    ['has an odd path', manifest('routehooks: { "GET /:a/:a": [] }'), /a path that cannot be matched/],
  ])('%s', async (_, code, sentence) => {
    await expect(startBundle(code)).rejects.toThrow(sentence);
  });

  it('is not there', async () => {
    const start = startTour({ app: { kind: 'bundle', file: join(temporaryFolder(), 'none.js') } });
    await expect(start).rejects.toThrow(/cannot be read/);
  });
});
