import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CohoSpace, startCoho } from './cli';

const collector = `
import { app, Datastore } from 'codehooks-js';
app.worker('collect', async (req, res) => {
  const db = await Datastore.open();
  await db.insertOne('collected', { name: req.body.payload.name });
  res.end();
});
app.get('/hello', (req, res) => res.json({}));
export default app.init();`;

const pets = [
  { _id: 'p1', name: 'Polly', type: 'parrot', age: 3 },
  { _id: 'p2', name: 'Rex', type: 'dog', age: 7 },
  { _id: 'p3', name: 'Bella', type: 'dog', age: 2 },
  { _id: 'p4', name: 'Sid & Co', type: 'snake', age: 11 },
  { _id: 'p5', name: 'Nemo', type: 'fish', tank: '#5, 90%' },
];
const documents = v.array(v.record(v.string(), v.unknown()));

let space: CohoSpace;
beforeAll(async () => {
  space = await startCoho();
  space.cli.write(collector);
  await space.cli.print('deploy');
});
beforeEach(async () => {
  await space.connection.removeMany('pets', {});
  await space.connection.insertOne('pets', pets);
});

const stored = (collection = 'pets') =>
  space.connection.getMany(collection, {}, { sort: { _id: 1 } }).toArray();
/** What `coho query pets ...` prints, as documents. */
const query = async (...flags: string[]) => {
  const { out, code } = await space.cli.run(['query', 'pets', ...flags]);
  expect(code).toBe(0);
  return v.parse(documents, JSON.parse(out));
};
const names = async (...flags: string[]) => (await query(...flags)).map(({ name }) => name);

describe('coho query', () => {
  it('selects by an expression, a window and fields', async () => {
    const [all, dogs, old, either, pattern, ampersand, encoded, windowed, fields] = await Promise.all([
      query(),
      names('-q', 'type=dog'),
      names('--query', 'age>=7'),
      names('-q', 'name=Rex,Nemo'),
      names('-q', 'name=/^be/'),
      names('-q', 'name=Sid %26 Co'),
      names('-q', 'tank=/%25235, 90%2525/'),
      names('--offset', '1', '--limit', '2'),
      query('-q', 'name=Rex', '--fields', 'name,age'),
    ]);
    expect(all).toEqual(pets);
    expect(dogs).toEqual(['Rex', 'Bella']);
    expect(old).toEqual(['Rex', 'Sid & Co']);
    expect(either).toEqual(['Rex', 'Nemo']);
    expect(pattern).toEqual(['Bella']);
    expect(ampersand).toEqual(['Sid & Co']);
    expect(encoded).toEqual(['Nemo']);
    expect(windowed).toEqual(['Rex', 'Bella']);
    expect(fields).toEqual([{ _id: 'p2', name: 'Rex', age: 7 }]);
  });

  it('scans an index from start to end, or in reverse', async () => {
    await space.connection.createIndex('pets', ['age']);
    const [scan, range, reverse, reverseById, limited] = await Promise.all([
      names('--useindex', 'age'),
      names('--useindex', 'age', '--start', '3', '--end', '7'),
      names('--useindex', 'age', '--reverse'),
      names('--reverse', '--limit', '1'),
      names('-q', 'type=dog', '--useindex', 'age', '--limit', '1'),
    ]);
    expect(scan).toEqual(['Bella', 'Polly', 'Rex', 'Sid & Co']);
    expect(range).toEqual(['Polly', 'Rex']);
    expect(reverse).toEqual(['Sid & Co', 'Rex', 'Polly', 'Bella']);
    expect(reverseById).toEqual(['Nemo']);
    expect(limited).toEqual(['Bella']);
  });

  it('prints for people, as a table and as CSV, and counts', async () => {
    const [pretty, table, csv, counted, count] = await Promise.all([
      space.cli.print('query', 'pets', '-q', 'name=Rex', '--pretty'),
      space.cli.print('query', 'pets', '-q', 'name=Rex', '--table'),
      space.cli.print('query', 'pets', '-q', 'type=dog', '--csv'),
      space.cli.print('query', 'pets', '-q', 'type=dog', '--count'),
      space.cli.print('count', 'pets'),
    ]);
    expect(pretty).toContain("name: 'Rex'");
    expect(table).toMatch(/│ p2 +│ Rex +│ dog +│ 7 +│/);
    expect(csv).toBe('_id,name,type,age\np2,Rex,dog,7\np3,Bella,dog,2');
    expect(JSON.parse(counted)).toEqual([{ count: 2 }]);
    expect(count).toContain('{ count: 5 }');
  });

  it('changes, replaces, enqueues and removes what it finds, and nothing else', async () => {
    await space.cli.print('query', 'pets', '-q', 'type=dog', '--update', '{"$set":{"good":true}}');
    expect((await stored()).filter(({ good }) => good === true).map(({ _id }) => _id)).toEqual(['p2', 'p3']);

    await space.cli.print(
      'query',
      'pets',
      '-q',
      'type=dog',
      '--limit',
      '1',
      '--update',
      '{"$inc":{"age":10}}',
    );
    expect((await stored()).map(({ age }) => age)).toEqual([3, 17, 2, 11, undefined]);

    await space.cli.print('query', 'pets', '-q', 'name=Nemo', '--replace', '{"name":"Dory"}');
    expect(await space.connection.findOneOrNull('pets', 'p5')).toEqual({ _id: 'p5', name: 'Dory' });

    await space.cli.print('query', 'pets', '-q', 'type=dog', '--enqueue', 'collect');
    await expect
      .poll(async () => (await stored('collected')).map(({ name }) => name).sort())
      .toEqual(['Bella', 'Rex']);

    await space.cli.print('query', 'pets', '-q', 'type=dog', '--delete');
    expect((await stored()).map(({ _id }) => _id)).toEqual(['p1', 'p4', 'p5']);
  });

  it('changes nothing when it cannot be read, and says so', async () => {
    const broken = await space.cli.run(['query', 'pets', '--update', '{"$set":']);
    expect(broken.code).toBe(1);
    expect(broken.err).toContain('Unable to perform query');
    const operator = await space.cli.run(['query', 'pets', '--debug', '--update', '{"$explode":{"a":1}}']);
    expect(operator.err).toMatch(/\$explode/);
    expect(await stored()).toEqual(pets);
  });
});

describe('collections, indexes and figures', () => {
  it('lists collections with their indexes, which can be added and removed', async () => {
    expect(await space.cli.print('createindex', 'pets', '-i', 'type', '-i', 'name')).toContain(
      'Finished creating index',
    );
    const collection = () => space.storage.describe().find(({ name }) => name === 'pets');
    expect(collection()?.indexes).toEqual(expect.arrayContaining([['type'], ['name']]));
    expect(await space.cli.print('collection')).toMatch(/│ pets +│ .*type/);
    expect(await space.cli.print('removeindex', 'pets', '-i', 'type')).toContain('Removed index');
    expect(collection()?.indexes).not.toContainEqual(['type']);
    const listed = await space.cli.print('collection', '--json');
    expect(listed).toMatch(/collection: 'pets'/);
    expect(listed).toMatch(/'name'/);
  });

  it('shows what the space has done', async () => {
    await space.call('/hello');
    const stats = await space.cli.print('stats', '--json');
    const figure = (name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(stats)?.[1]);
    expect(figure('datastore_objects')).toBeGreaterThanOrEqual(pets.length);
    expect(figure('datastore_size')).toBeGreaterThan(0);
    expect(figure('api')).toBeGreaterThan(0);
  });
});

describe('coho set, get and del', () => {
  it('sets, reads and removes keys, in keyspaces, for a time or for good', async () => {
    await space.cli.print('set', 'colour', 'red');
    await space.cli.print('set', 'colour', 'blue', '--keyspace', 'paint');
    await space.cli.print('set', 'short', 'lived', '--ttl', '1');
    await space.cli.print('set', 'count', '7', '--keyspace', 'paint', '--ttl', '600000');
    expect(await space.connection.get('colour')).toBe('red');
    expect(await space.connection.get('colour', { keyspace: 'paint' })).toBe('blue');
    await expect.poll(() => space.connection.get('short')).toBeNull();

    const [plain, painted, all, missing] = await Promise.all([
      space.cli.print('get', 'colour'),
      space.cli.print('get', 'colour', '--keyspace', 'paint'),
      space.cli.print('get', 'c*', '--keyspace', 'paint', '--text'),
      space.cli.run(['get', 'short']),
    ]);
    expect(plain.trim()).toBe('red');
    expect(painted.trim()).toBe('blue');
    expect(all.trim()).toMatch(/^colour blue\ncount 7\n+ 2 keys$/);
    expect(missing).toMatchObject({ code: 1, out: expect.stringContaining('404') });

    await space.cli.print('del', 'colour', '--keyspace', 'paint');
    expect(await space.connection.get('colour', { keyspace: 'paint' })).toBeNull();
    expect(await space.connection.get('colour')).toBe('red');
  });
});

describe('coho import and export', () => {
  const file = (name: string) => join(space.cli.folder, name);

  it('brings JSON in and out again as it was; documents with an _id replace their like', async () => {
    const animals = [
      { _id: 'a1', name: 'Åse "the" bear', nested: { list: [1, 'two', null], deep: { x: true } } },
      { _id: 'a2', name: 'zebra, striped\nand tall' },
    ];
    await space.connection.insertOne('animals', { _id: 'a1', name: 'old' });
    writeFileSync(file('animals.json'), JSON.stringify(animals));
    expect(await space.cli.print('import', 'animals.json', 'animals')).toContain('Finished import 2 objects');
    expect(await stored('animals')).toEqual(animals);
    expect(JSON.parse(await space.cli.print('export', 'animals'))).toEqual(animals);
  });

  it('brings CSV in and out, with numbers as numbers', async () => {
    writeFileSync(file('cities.csv'), 'city;people;share\n"Oslo; Norway";700000;0.5\nBergen;290000;\n');
    await space.cli.print('import', '-f', 'cities.csv', '-c', 'cities', '--separator', ';', '--rowcount');
    const cities = (await stored('cities')).map(({ _id, ...city }) => city);
    expect(cities).toEqual([
      { city: 'Oslo; Norway', people: 700000, share: 0.5, rowcount: 1 },
      { city: 'Bergen', people: 290000, share: '', rowcount: 2 },
    ]);
    await space.cli.run(['export', 'cities', '--csv', '--filepath', 'out.csv']);
    expect(readFileSync(file('out.csv'), 'utf8')).toMatch(
      /^_id,city,people,share,rowcount\n\w+,Oslo; Norway,700000,/,
    );
  });

  it('imports more than one request takes, and nothing in a dry run', async () => {
    const many = Array.from({ length: 5200 }, (_, n) => ({ n }));
    writeFileSync(file('many.json'), JSON.stringify(many));
    await space.cli.print('import', 'many.json', 'tried', '--dryrun');
    expect(await stored('tried')).toEqual([]);
    expect(await space.cli.print('import', 'many.json', 'many')).toContain('5200 objects');
    expect((await stored('many')).map(({ n }) => n).sort((a, b) => Number(a) - Number(b))).toEqual(
      many.map(({ n }) => n),
    );
    expect(v.parse(documents, JSON.parse(await space.cli.print('export', 'many')))).toHaveLength(5200);
  });
});
