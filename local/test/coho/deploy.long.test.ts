import { beforeAll, describe, expect, it } from 'vitest';
import { type CohoSpace, json, startCoho } from './cli';

/** An app that tells its version, by a route that waits for the key `released`, and by a worker. */
const versioned = (version: number) => `
import { app, Datastore } from 'codehooks-js';
const released = async (db) => { while (!(await db.get('released'))) await new Promise((r) => setTimeout(r, 5)); };
app.get('/version', (req, res) => res.json({ version: ${version} }));
app.get('/slow', async (req, res) => {
  const db = await Datastore.open();
  await db.incr('started', 1);
  await released(db);
  res.json({ version: ${version} });
});
app.worker('note', async (req, res) => {
  const db = await Datastore.open();
  await db.incr('working', 1);
  if (req.body.payload.waits) await released(db);
  await db.insertOne('notes', { job: req.body.payload.job, version: ${version} });
  res.end();
});
app.post('/note', async (req, res) => {
  const db = await Datastore.open();
  await db.enqueue('note', req.body);
  res.json({});
});
export default app.init(async () => { const db = await Datastore.open(); await db.incr('deployed', 1); });`;

describe('coho deploy', () => {
  let space: CohoSpace;
  beforeAll(async () => {
    // Its worker waits by a timer.
    space = await startCoho({ switches: { workerTimers: 'fire' } });
  });
  const version = async () => (await space.call('/version')).json();

  it('puts the first app into an empty space and runs its hook once', async () => {
    expect((await space.call('/version')).status).toBe(404);
    expect(await space.cli.print('deploy', '--history')).toContain('No code deployed to this space yet');
    space.cli.write(versioned(1));
    expect(await space.cli.print('deploy')).toContain('Deployed Codehook successfully');
    expect(await version()).toEqual({ version: 1 });
    expect(await space.connection.get('deployed')).toBe(1);
  });

  it('loses no request and no job: what runs ends on the old code, what waits runs on the new', async () => {
    const slow = space.call('/slow');
    await space.call('/note', json({ job: 'running', waits: true }));
    await expect.poll(() => space.connection.get('working')).toBe(1);
    await expect.poll(() => space.connection.get('started')).toBe(1);
    for (const job of ['a', 'b', 'c']) await space.call('/note', json({ job }));

    space.cli.write(versioned(2));
    let deploying = true;
    const deployed = space.cli.print('deploy').finally(() => {
      deploying = false;
    });
    const seen = new Set<string>();
    let last = '';
    while (deploying) {
      const response = await space.call('/version');
      last = `${response.status} ${await response.text()}`;
      seen.add(last);
    }
    expect(await deployed).toContain('Deployed Codehook successfully');
    expect([...seen]).toEqual(['200 {"version":1}', '200 {"version":2}']);
    expect(last).toBe('200 {"version":2}');

    await space.connection.set('released', true);
    expect(await (await slow).json()).toEqual({ version: 1 });
    await expect.poll(() => space.connection.count('notes', {})).toBe(4);
    const notes = await space.connection.getMany('notes', {}, { sort: { job: 1 } }).toArray();
    expect(notes.map(({ job, version: by }) => `${job} ${by}`)).toEqual(['a 2', 'b 2', 'c 2', 'running 1']);
    expect(await space.connection.get('deployed')).toBe(2);
  });

  it.each([
    [
      'uses top-level await',
      'import { app } from "codehooks-js"; await 0; export default app.init();',
      /top-level await/,
    ],
    [
      'registers nothing',
      'import { app } from "codehooks-js"; export default app.init();',
      /registers nothing/,
    ],
    ['does not compile', 'import "./missing.js"; export default 1;', /Can't resolve '\.\/missing\.js'/],
  ])('keeps the old version when the new one %s', async (_, code, sentence) => {
    space.cli.write(code);
    const { out, err } = await space.cli.run(['deploy']);
    expect(out + err).toMatch(sentence);
    expect(out).not.toContain('successfully');
    expect(await version()).toEqual({ version: 2 });
  });

  it('shows the versions, goes back, removes the app and brings it back', async () => {
    const history = await space.cli.print('deploy', '--history', '--json');
    const [newest, oldest] = history.match(/DeploymentID: '\w+'/g) ?? [];
    expect(history.match(/Date: .*/g)).toEqual([
      expect.stringContaining('(active)'),
      expect.not.stringContaining('(active)'),
    ]);
    expect(newest).not.toBe(oldest);

    expect(await space.cli.print('deploy', '--rollback')).toContain('rolled back');
    expect(await version()).toEqual({ version: 1 });
    expect(await space.cli.print('deploy', '--rollback')).toContain('no earlier version');
    expect(await version()).toEqual({ version: 1 });

    expect(await space.cli.print('undeploy')).toContain('successfully removed');
    expect((await space.call('/version')).status).toBe(404);
    await space.connection.enqueue('note', { job: 'waiting' });
    expect(await space.cli.print('deploy', '--rollback')).toContain('rolled back');
    expect(await version()).toEqual({ version: 1 });
    await expect
      .poll(() => space.connection.findOneOrNull('notes', { job: 'waiting' }))
      .toMatchObject({ version: 1 });
  });
});

it('nothing is deployed with a wrong token, whether it is the login or given for CI', async () => {
  const space = await startCoho();
  space.cli.write('export default 1;');
  expect(await space.cli.print('deploy', '--admintoken', 'wrong')).toContain(
    'admin token is missing or wrong',
  );
  space.cli.logIn('another token');
  expect(await space.cli.print('deploy')).toContain('admin token is missing or wrong');
  space.cli.logIn(space.adminToken);
  // With the right one the space reads what there is.
  expect(await space.cli.print('deploy')).toContain('is not what `app.init()` returns');
});

it('without a running space the CLI says that it has failed; the version is there at the next start', async () => {
  const space = await startCoho();
  space.cli.write(versioned(1));
  await space.cli.print('deploy', '--admintoken', space.adminToken);
  await space.stop();
  space.cli.write(versioned(2));
  expect(await space.cli.print('deploy')).toMatch(/Fail .*ECONNREFUSED/);
  const again = await startCoho({ directory: space.directory });
  expect(await (await again.call('/version')).json()).toEqual({ version: 1 });
  // The hook belongs to the deployment, not to the start.
  expect(await again.connection.get('deployed')).toBe(1);
});

it('a type error is told by the compiler, and nothing is deployed', async () => {
  const space = await startCoho();
  space.cli.write('export { default } from "./app.ts";');
  space.cli.write('const count: number = "one"; export default count;', 'app.ts');
  space.cli.write('{ "files": ["app.ts"], "compilerOptions": { "strict": true } }', 'tsconfig.json');
  const { out, err } = await space.cli.run(['deploy']);
  expect(out + err).toMatch(/TS2322/);
  expect(await space.cli.print('deploy', '--history')).toContain('No code deployed');
});
