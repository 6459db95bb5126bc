import { describe, expect, onTestFinished, test } from 'vitest';
import { openStorage } from '../../storage';
import { usual } from '../../switches/quirks';
import { newStorage } from './support';

describe('keys', () => {
  test('hold text, numbers and objects; what is missing is null', async () => {
    const { connection } = newStorage();
    expect(await connection.get('none')).toBeNull();
    expect(await connection.set('text', 'x')).toBe('x');
    await connection.set('number', 5);
    await connection.setObj('object', { a: [1], at: new Date(0) });
    expect(await connection.get('text')).toBe('x');
    expect(await connection.get('number')).toBe(5);
    expect(await connection.getObj('object')).toEqual({ a: [1], at: '1970-01-01T00:00:00.000Z' });
    expect(await connection.get('text', { keyspace: 'other' })).toBeNull();
    expect(await connection.del('text')).toBe('x');
    expect(await connection.del('text')).toBeNull();
    await expect(connection.set('k', undefined)).rejects.toThrow('JSON');
    await expect(connection.set('k', 'v', { ttl: Number.NaN })).rejects.toThrow('ttl');
  });

  test('live in keyspaces and are listed by prefix', async () => {
    const { connection } = newStorage();
    const names = ['a', 'a:1', 'a:2', 'a\u0000', 'a\u{1f600}', 'a\uffff', 'b', 'A'];
    for (const name of names) await connection.set(name, name, { keyspace: 's' });
    await connection.set('a:3', 'elsewhere');
    const listed = await connection.getAll('a', { keyspace: 's' }).toArray();
    expect(listed.map(({ key }) => key)).toEqual(names.filter((name) => name.startsWith('a')).sort());
    expect(listed.every(({ key, value, val }) => key === value && value === val)).toBe(true);
    expect(await connection.delAll('a:', { keyspace: 's' })).toEqual({ count: 2 });
    expect(await connection.getAll('a:', { keyspace: 's' }).toArray()).toEqual([]);
    expect(await connection.get('a:3')).toBe('elsewhere');
  });

  test('list more than one batch', async () => {
    const { connection } = newStorage();
    for (let n = 0; n < 600; n += 1) await connection.set(`k${n}`, n);
    expect(await connection.getAll('k').toArray()).toHaveLength(600);
  });

  test('count', async () => {
    const { connection } = newStorage();
    expect(await connection.incr('n')).toBe(1);
    expect(await connection.incr('n', 5)).toBe(6);
    expect(await connection.decr('n', 2)).toBe(4);
    expect(await connection.decr('n')).toBe(3);
    expect(await connection.get('n')).toBe(3);
    await connection.set('text', '7');
    expect(await connection.incr('text', 1.9)).toBe(8);
    await connection.set('word', 'x');
    await expect(connection.incr('word')).rejects.toThrow('no number');
  });

  test('expire', async () => {
    let time = 1000;
    const { connection } = newStorage({ now: () => time });
    await connection.set('k', 'v', { ttl: 100 });
    await connection.set('again', 'v', { ttl: 100 });
    await connection.set('again', 'v');
    await connection.incr('n', 1, { ttl: 100 });
    time = 1099;
    expect(await connection.get('k')).toBe('v');
    time = 1100;
    expect(await connection.get('k')).toBeNull();
    expect(await connection.get('again')).toBe('v');
    expect((await connection.getAll('').toArray()).map(({ key }) => key)).toEqual(['again']);
    expect(await connection.incr('n', 1, { ttl: 100 })).toBe(1);
    expect(await connection.del('k')).toBeNull();
  });

  test.each(['renews', 'keeps'] as const)('incr %s the TTL', async (incrTtl) => {
    let time = 0;
    const { connection } = newStorage({ quirks: { incrTtl }, now: () => time });
    await connection.incr('n', 1, { ttl: 100 });
    time = 60;
    expect(await connection.incr('n', 1, { ttl: 100 })).toBe(2);
    expect(await connection.incr('n')).toBe(3);
    time = 120;
    expect(await connection.get('n')).toBe(incrTtl === 'renews' ? 3 : null);
    time = 160;
    expect(await connection.get('n')).toBeNull();
  });

  test('that have expired leave the file', async () => {
    let time = 0;
    const { connection, storage, directory } = newStorage({ now: () => time });
    for (let n = 0; n < 300; n += 1) await connection.set(`old${n}`, n, { ttl: 10 });
    await connection.set('k', 1);
    time = 20;
    await storage.close();
    time = 0;
    const again = openStorage({ directory, quirks: usual, now: () => time });
    onTestFinished(() => again.close());
    expect(await again.connection().getAll('').toArray()).toMatchObject([{ key: 'k' }]);
  });
});
