import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Connection } from '../../connection';
import { openStorage, type Storage } from '../../storage';
import { usual } from '../../switches/quirks';
import { newStorage, temporaryDirectory } from './support';

/** What the documents and keys are after the same steps in memory. */
interface Model {
  readonly documents: Map<string, Record<string, unknown>>;
  readonly numbers: Map<string, number>;
}

interface Step {
  readonly name: string;
  run(connection: Connection, model: Model): Promise<void>;
}

type Steps = ReadonlyArray<Step | 'restart' | 'crash'>;

const allIds = ['a', 'b', '\ud800\u0000'];
const id = fc.constantFrom(...allIds);
const n = fc.integer({ min: 0, max: 3 });

/** Changes a document of the model that is there. */
function change({ documents }: Model, of: string, fields: Record<string, unknown>): void {
  const before = documents.get(of);
  if (before !== undefined) documents.set(of, { ...before, ...fields });
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(id, n).map(([of, value]) => ({
    name: `replace ${of} ${value}`,
    run: async (connection: Connection, model: Model) => {
      await connection.replaceOne('c', of, { n: value, list: [value] }, { upsert: true });
      model.documents.set(of, { _id: of, n: value, list: [value] });
    },
  })),
  fc.tuple(id, n).map(([of, value]) => ({
    name: `set ${of} ${value}`,
    run: async (connection: Connection, model: Model) => {
      await connection.updateOne('c', of, { $set: { n: value } }).catch(() => undefined);
      change(model, of, { n: value });
    },
  })),
  fc.tuple(id, n).map(([of, value]) => ({
    name: `add to ${of} ${value}`,
    run: async (connection: Connection, model: Model) => {
      await connection.updateOne('c', of, { $inc: { n: value } }, { upsert: true });
      const before = model.documents.get(of) ?? { _id: of, n: 0 };
      model.documents.set(of, { ...before, n: Number(before.n) + value });
    },
  })),
  fc.tuple(n, n).map(([from, to]) => ({
    name: `set all of ${from} to ${to}`,
    run: async (connection: Connection, model: Model) => {
      await connection.updateMany('c', { n: from }, { $set: { n: to, was: from } });
      for (const [of, { n: now }] of model.documents) {
        if (now === from) change(model, of, { n: to, was: from });
      }
    },
  })),
  id.map((of) => ({
    name: `remove ${of}`,
    run: async (connection: Connection, model: Model) => {
      await connection.removeOne('c', of).catch(() => undefined);
      model.documents.delete(of);
    },
  })),
  id.map((of) => ({
    name: `count ${of}`,
    run: async (connection: Connection, model: Model) => {
      await connection.incr(of, 1);
      model.numbers.set(of, (model.numbers.get(of) ?? 0) + 1);
    },
  })),
  id.map((of) => ({
    name: `delete the key ${of}`,
    run: async (connection: Connection, model: Model) => {
      await connection.del(of);
      model.numbers.delete(of);
    },
  })),
);

const steps: fc.Arbitrary<Steps> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: step },
    { weight: 1, arbitrary: fc.constantFrom('restart' as const, 'crash' as const) },
  ),
  { minLength: 20, maxLength: 40 },
);

async function check(connection: Connection, { documents, numbers }: Model): Promise<void> {
  for (const of of allIds) {
    expect(await connection.findOneOrNull('c', of)).toEqual(documents.get(of) ?? null);
    expect((await connection.get(of)) ?? null).toEqual(numbers.get(of) ?? null);
  }
  for (const value of [0, 1, 2, 3]) {
    const wanted = [...documents.values()].filter((one) => one.n === value);
    expect(await connection.count('c', { n: value })).toBe(wanted.length);
  }
}

test('restarts and crashes at any point change nothing that was written', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (planned) => {
      let { storage, directory } = newStorage();
      const model: Model = { documents: new Map(), numbers: new Map() };
      await storage.connection().createIndex('c', ['n']);
      for (const planOf of planned) {
        if (planOf === 'restart') {
          await storage.close();
          storage = openStorage({ directory, quirks: usual });
        } else if (planOf === 'crash') {
          // What the disk has at this moment is all that is left.
          const left = temporaryDirectory();
          for (const name of readdirSync(directory)) copyFileSync(join(directory, name), join(left, name));
          await storage.close();
          directory = left;
          storage = openStorage({ directory, quirks: usual });
        } else {
          await planOf.run(storage.connection(), model);
        }
        await check(storage.connection(), model);
      }
      await storage.close();
    }),
    { numRuns: 40 },
  );
}, 60_000);

/** More documents than are carried over without a thread, and than the storage at first can remember the ids of. */
const many = 12_000;
/** All of them are more than is kept in memory of what was written. */
const text = 'x'.repeat(800);

test('of many documents none is taken for new, whenever they were written', async () => {
  const directory = temporaryDirectory();
  const visits = Array.from({ length: many }, () => 0);
  const visit = async (storage: Storage, from: number, to: number): Promise<void> => {
    const connection = storage.connection();
    for (let start = from; start < to; start += 1000) {
      const numbers = Array.from({ length: 1000 }, (_, at) => start + at);
      await Promise.all(
        numbers.map((one) =>
          connection.updateOne('c', `id ${one}`, { $inc: { n: 1 }, $set: { text } }, { upsert: true }),
        ),
      );
      for (const one of numbers) visits[one] = (visits[one] ?? 0) + 1;
      await sleep(5);
    }
    // Meanwhile what was written gets into the database, and the storage learns which ids it has.
    await sleep(400);
  };

  const half = many / 2;
  for (const [from, to] of [
    [0, half],
    [half, many],
  ] as const) {
    const storage = openStorage({ directory, quirks: usual });
    // In the second turn these are written while the ids of the others are being read.
    await visit(storage, from, to);
    await visit(storage, 0, to);
    await storage.close();
  }

  const storage = openStorage({ directory, quirks: usual });
  onTestFinished(() => storage.close());
  const found = new Map<string, unknown>();
  await storage
    .connection()
    .getMany('c')
    .forEach(({ _id, n }) => {
      found.set(_id, n);
    });
  expect(found).toEqual(new Map(visits.map((of, one) => [`id ${one}`, of])));
}, 60_000);
