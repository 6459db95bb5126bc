import { afterEach, expect, it } from 'vitest';
import type { Connection } from '../../local/connection';
import { type App, startApp } from './app';

let app: App;
afterEach(() => app.stop());

const indexesOf = (collection: string) =>
  app.storage.describe().find(({ name }) => name === collection)?.indexes ?? [];
const complaints = () => app.log.filter(({ text }) => text.includes('index'));

it('one index that is refused keeps no other from being made', async () => {
  const refuse = (connection: Connection): Connection => ({
    ...connection,
    createIndex: async (collection, fields) => {
      if (fields[0] === 'recipient') throw new Error('No such index here.');
      return connection.createIndex(collection, fields);
    },
  });
  app = await startApp('bundle', { wrapConnection: refuse });
  expect(indexesOf('email_events')).toContainEqual(['occurredAt', '_id']);
  expect(indexesOf('email_events')).toContainEqual(['state', 'receivedAt', '_id']);
  expect(indexesOf('email_events').flat()).not.toContain('recipient');
  expect(indexesOf('subscribers')).not.toEqual([]);
});

it('where an index is of one field, each gets the first one, and a second start complains of nothing', async () => {
  const made = new Set<string>();
  const exists = (connection: Connection): Connection => ({
    ...connection,
    createIndex: async (collection, fields) => {
      const wanted = `${collection} ${fields.join()}`;
      if (made.has(wanted)) throw new Error('Index already exists');
      await connection.createIndex(collection, fields);
      made.add(wanted);
    },
  });
  const settings = { quirks: { indexes: 'refused' }, wrapConnection: exists } as const;
  await (await startApp('bundle', settings)).stop();
  const first = [...made];
  app = await startApp('bundle', settings);
  expect([...made]).toEqual(first);
  for (const field of ['occurredAt', 'recipient', 'tags', 'state'])
    expect(first).toContain(`email_events ${field}`);
  expect(complaints()).toEqual([]);
});
