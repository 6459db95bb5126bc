import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Connection } from '../../local/connection';
import { type App, startApp } from './app';

let app: App;
/** Warnings of the app about indexes: it prints them, and the log of the space does not repeat them. */
let complaints: string[];
beforeEach(() => {
  complaints = [];
  vi.spyOn(console, 'warn').mockImplementation((text) => {
    if (String(text).includes('index')) complaints.push(String(text));
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await app.stop();
});

const indexesOf = (collection: string) =>
  app.storage.describe().find(({ name }) => name === collection)?.indexes ?? [];

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

it('a platform that refuses all of them is told once a collection, with every field', async () => {
  const refuse = (connection: Connection): Connection => ({
    ...connection,
    createIndex: async () => {
      throw new Error('No such index here.');
    },
  });
  app = await startApp('bundle', { wrapConnection: refuse });
  const about = (collection: string) =>
    complaints.filter((text) => text.includes(`collection=${collection} `));
  await expect.poll(() => about('alerts').length).toBe(1);
  expect(about('subscribers')).toEqual([
    expect.stringContaining(
      'fields=lastEventAt, status, changedAt, doubts, isUnpublished error=No such index',
    ),
  ]);
  for (const collection of ['email_events', 'stat_buckets', 'campaign_stats'])
    expect(about(collection)).toHaveLength(1);
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
  const settings = { switches: { indexes: 'refused' }, wrapConnection: exists } as const;
  await (await startApp('bundle', settings)).stop();
  const first = [...made];
  app = await startApp('bundle', settings);
  expect([...made]).toEqual(first);
  for (const field of ['occurredAt', 'recipient', 'tags', 'state'])
    expect(first).toContain(`email_events ${field}`);
  expect(complaints).toEqual([]);
});
