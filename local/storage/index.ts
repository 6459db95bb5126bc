/**
 * The persistence of the local space: documents, keys and jobs in a SQLite file.
 *
 *     const storage = openStorage({ directory: '.space', quirks: usual });
 *     const connection = storage.connection();           // what `Datastore.open()` resolves
 *     const dispatcher = new Dispatcher({ queue: storage.queue, quirks: usual, log: console.error });
 *     dispatcher.register('topic', { workers: 4, timeout: 30_000 }, async (job) => { ... });
 *     dispatcher.start();
 *     ...
 *     await dispatcher.stop();                            // before the storage
 *     await storage.close();
 *
 * `Dispatcher` is exported by `local/queue`. `response.json(stream)`: test with `instanceof BatchStream`
 * and call `stream.json(response)`.
 */

export { ArgumentError, NotFoundError, StorageError } from '../database/errors';
export { BatchStream } from '../database/stream';
export type { CollectionDescription, Explanation } from '../datastore/documents';
export { checkStorage } from './open-database';
export { type Durability, openStorage, type Storage, type StorageOptions } from './storage';
