import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { newStorage } from './support';

async function filled(count: number) {
  const space = newStorage();
  await space.connection.insertOne(
    'c',
    Array.from({ length: count }, (_, n) => ({ _id: `d${n}`, n })),
  );
  return space;
}

class Response {
  readonly headers = new Map<string, string>();
  text = '';
  readonly ended: Promise<void>;
  end: () => void = () => {};

  constructor() {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  set(name: string, value: string): void {
    this.headers.set(name, value);
  }

  write(text: string): void {
    this.text += text;
  }
}

describe('a stream', () => {
  test('may be awaited without harm', async () => {
    const { connection } = await filled(2);
    const stream = await connection.getMany('c');
    expect(await stream.toArray()).toHaveLength(2);
  });

  test('waits for the visitor of forEach and rejects when it fails', async () => {
    const { connection } = await filled(600);
    let active = 0;
    let seen = 0;
    await connection.getMany('c').forEach(async () => {
      active += 1;
      expect(active).toBe(1);
      await Promise.resolve();
      active -= 1;
      seen += 1;
    });
    expect(seen).toBe(600);
    const failing = connection.getMany('c').forEach(() => {
      throw new Error('enough');
    });
    await expect(failing).rejects.toThrow('enough');
  });

  test('emits data and end, or error', async () => {
    const { connection } = await filled(300);
    const seen: unknown[] = [];
    await new Promise<void>((resolve) => {
      connection
        .getMany('c', { n: { $lt: 290 } })
        .on('data', ({ n }) => seen.push(n))
        .on('end', resolve);
    });
    expect(seen).toHaveLength(290);
    const error = await new Promise<Error>((resolve) => {
      connection
        .getMany('c', { n: { $what: 1 } })
        .on('error', resolve)
        .on('data', () => seen.push('never'));
    });
    expect(error.message).toContain('$what');
  });

  test('an error that nobody listens to is a warning, no crash', async () => {
    const { connection } = await filled(1);
    const warned = once(process, 'warning');
    connection.getMany('c', { n: { $what: 1 } }).on('data', () => {});
    expect(String((await warned)[0])).toContain('$what');
  });

  test('sends itself as JSON', async () => {
    const { connection } = await filled(700);
    const response = new Response();
    connection.getMany('c', {}, { sort: { n: 1 } }).json(response);
    await response.ended;
    const sent: unknown = JSON.parse(response.text);
    expect(sent).toEqual(await connection.getMany('c', {}, { sort: { n: 1 } }).toArray());
    expect(response.headers.get('content-type')).toBe('application/json');
    const empty = new Response();
    connection.getMany('none').json(empty);
    await empty.ended;
    expect(empty.text).toBe('[]');
  });

  test('can be left early', async () => {
    const { connection } = await filled(1000);
    let seen = 0;
    for await (const _document of connection.getMany('c')) {
      seen += 1;
      if (seen === 3) break;
    }
    expect(seen).toBe(3);
  });

  test('meets every document once, whatever is written meanwhile', async () => {
    const { connection } = await filled(1500);
    await connection.createIndex('c', ['n']);
    const seen = new Map<string, number>();
    await connection.getMany('c', { n: { $gte: 0 } }, { sort: { n: 1 } }).forEach(async ({ _id, n }) => {
      seen.set(_id, (seen.get(_id) ?? 0) + 1);
      await connection.updateOne('c', _id, { $set: { n: Number(n) + 10_000 } });
      await connection.insertOne('c', { n: 50_000 });
    });
    expect(seen.size).toBe(1500);
    expect([...seen.values()].every((times) => times === 1)).toBe(true);
    expect(await connection.count('c')).toBe(3000);
  });

  test('sees what was written before it', async () => {
    const { connection } = await filled(1);
    for (let n = 0; n < 20; n += 1) {
      await connection.insertOne('c', { n });
      expect(await connection.getMany('c').toArray()).toHaveLength(n + 2);
    }
  });

  test('many at once', async () => {
    const { connection } = await filled(600);
    const all = await Promise.all(Array.from({ length: 20 }, () => connection.getMany('c').toArray()));
    expect(all.every((documents) => documents.length === 600)).toBe(true);
  });
});
