import fc from 'fast-check';
import { Query as MingoQuery } from 'mingo';
import { compare } from 'mingo/util';
import { expect, test } from 'vitest';
import type { Connection, Query, StoredDocument } from '../../connection';
import { openStorage } from '../../storage';
import { usual } from '../../switches/quirks';
import { newStorage } from './support';

/** Names that every object inherits, beside usual ones. */
const names = ['a', 'b', 'constructor', 'toString', 'valueOf', 'ä'] as const;
const name = fc.constantFrom(...names);
const scalar = fc.constantFrom<unknown>(
  null,
  0,
  -0.5,
  1,
  2 ** 53,
  1e300,
  true,
  false,
  '',
  'a',
  'constructor',
  '__proto__',
  '\u{1f600}',
  '\ud800',
);
const value = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(name, scalar, { maxKeys: 2 }) },
);
const fields = fc.dictionary(name, value, { maxKeys: 4 });
const id = fc.constantFrom('x', 'y', 'constructor', '__proto__');

type Documents = Map<string, Record<string, unknown>>;

interface Step {
  readonly name: string;
  apply(connection: Connection): Promise<unknown>;
  model(documents: Documents): void;
}

/** An object with own fields alone, in which no name means anything. */
const own = (entries: Record<string, unknown>): Record<string, unknown> =>
  Object.assign(Object.create(null), entries);

function changed(
  documents: Documents,
  of: string,
  change: (document: Record<string, unknown>) => void,
): void {
  const document = documents.get(of);
  if (document !== undefined) change(document);
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(id, fields).map(([of, given]) => ({
    name: `put ${of} ${JSON.stringify(given)}`,
    apply: (connection: Connection) => connection.replaceOne('c', of, given, { upsert: true }),
    model: (documents: Documents) => documents.set(of, own(given)),
  })),
  fc.tuple(id, name, value).map(([of, field, to]) => ({
    name: `set ${field} of ${of} to ${JSON.stringify(to)}`,
    apply: (connection: Connection) => connection.updateOne('c', of, { $set: { [field]: to } }),
    model: (documents: Documents) =>
      changed(documents, of, (document) => {
        document[field] = to;
      }),
  })),
  fc.tuple(id, name).map(([of, field]) => ({
    name: `unset ${field} of ${of}`,
    apply: (connection: Connection) => connection.updateOne('c', of, { $unset: { [field]: '' } }),
    model: (documents: Documents) =>
      changed(documents, of, (document) => {
        delete document[field];
      }),
  })),
  fc.tuple(id, name, name).map(([of, from, to]) => ({
    name: `rename ${from} of ${of} to ${to}`,
    apply: (connection: Connection) =>
      from === to ? Promise.resolve() : connection.updateOne('c', of, { $rename: { [from]: to } }),
    model: (documents: Documents) =>
      changed(documents, of, (document) => {
        if (from === to || !(from in document)) return;
        document[to] = document[from];
        delete document[from];
      }),
  })),
  fc.tuple(name, scalar, name, value).map(([where, is, field, to]) => ({
    name: `set ${field} to ${JSON.stringify(to)} where ${where} is ${JSON.stringify(is)}`,
    apply: (connection: Connection) => connection.updateMany('c', { [where]: is }, { $set: { [field]: to } }),
    model: (documents: Documents) => {
      const query = new MingoQuery({ [where]: { $eq: is } });
      for (const document of documents.values()) if (query.test({ ...document })) document[field] = to;
    },
  })),
  id.map((of) => ({
    name: `remove ${of}`,
    apply: (connection: Connection) => connection.removeOne('c', of),
    model: (documents: Documents) => documents.delete(of),
  })),
);

const steps = fc.array(
  fc.oneof({ weight: 8, arbitrary: step }, { weight: 1, arbitrary: fc.constant('restart' as const) }),
  { minLength: 5, maxLength: 25 },
);
const read = fc.tuple(
  name,
  scalar,
  name,
  fc.constantFrom<1 | -1>(1, -1),
  fc.subarray([...names], { minLength: 1 }),
);

/** As it comes out of the storage: JSON, with the id. */
function stored([_id, document]: [string, Record<string, unknown>]): StoredDocument {
  return { ...JSON.parse(JSON.stringify(document)), _id };
}

function sortedBy(documents: StoredDocument[], field: string, way: 1 | -1): unknown[] {
  const keys = documents.map((document) => (Object.hasOwn(document, field) ? document[field] : null));
  return keys.sort((one, other) => compare(one, other) * way);
}

async function check(connection: Connection, documents: Documents, reads: Iterable<ReadOf>): Promise<void> {
  const all = [...documents].map(stored);
  for (const one of all) expect(await connection.findOneOrNull('c', one._id)).toEqual(one);
  expect(await connection.count('c')).toBe(all.length);
  for (const [where, is, field, way, selected] of reads) {
    const query: Query = { [where]: is };
    const test = new MingoQuery({ [where]: { $eq: is } });
    const expected = all.filter((one) => test.test({ ...one }));
    const found = await connection.getMany('c', query).toArray();
    expect(found.map(({ _id }) => _id).sort()).toEqual(expected.map(({ _id }) => _id).sort());
    const options = {
      sort: { [field]: way },
      hints: { $fields: Object.fromEntries(selected.map((one) => [one, 1 as const])) },
    };
    const picked = await connection.getMany('c', {}, options).toArray();
    for (const one of picked) {
      const whole = all.find(({ _id }) => _id === one._id) ?? { _id: '' };
      const fields = Object.entries(whole).filter(
        ([key]) => key === '_id' || selected.some((name) => name === key),
      );
      expect(one).toEqual(Object.fromEntries(fields));
    }
    // Arrays and objects have no total order in mingo.
    if (all.some((one) => typeof one[field] === 'object' && one[field] !== null)) continue;
    const order = await connection.getMany('c', {}, { sort: { [field]: way } }).toArray();
    expect(order.map((one) => (Object.hasOwn(one, field) ? one[field] : null))).toEqual(
      sortedBy(all, field, way),
    );
  }
}
type ReadOf = [string, unknown, string, 1 | -1, string[]];

test('random steps and restarts leave what a list in memory holds', async () => {
  let cases = 0;
  const indexes = fc.subarray([['a'], ['constructor', '_id'], ['toString', 'a']]);
  await fc.assert(
    fc.asyncProperty(
      steps,
      indexes,
      fc.array(read, { minLength: 3, maxLength: 6 }),
      async (planned, indexed, reads) => {
        const { storage: first, directory } = newStorage();
        let storage = first;
        for (const one of indexed) await storage.connection().createIndex('c', one);
        const documents: Documents = new Map();
        for (const planOf of planned) {
          if (planOf === 'restart') {
            await storage.close();
            storage = openStorage({ directory, quirks: usual });
            continue;
          }
          // Nothing may match, which rejects.
          await planOf.apply(storage.connection()).catch(() => undefined);
          planOf.model(documents);
        }
        await check(storage.connection(), documents, reads);
        await storage.close();
        cases += 1;
      },
    ),
    { numRuns: 100 },
  );
  expect(cases).toBeGreaterThanOrEqual(100);
});
