/**
 * The persistence of the local space: documents, keys and jobs in a SQLite file behind a journal.
 *
 *     const storage = openStorage({ directory: '.space', quirks: harshest });
 *     const connection = storage.connection();           // what `Datastore.open()` resolves
 *     const dispatcher = new Dispatcher({ queue: storage.queue, quirks: harshest, log: console.error });
 *     dispatcher.register('topic', { workers: 4, timeout: 30_000 }, async (job) => { ... });
 *     dispatcher.start();
 *     ...
 *     await dispatcher.stop();                            // before the storage
 *     await storage.close();
 *
 * `Dispatcher` is exported by `local/queue`. `response.json(stream)`: test with `instanceof BatchStream`
 * and call `stream.json(response)`.
 */
export type { CollectionDescription, Explanation } from './documents';
export { ArgumentError, NotFoundError, StorageError } from './errors';
export { openStorage, type Storage, type StorageOptions } from './storage';
export { BatchStream } from './stream';
