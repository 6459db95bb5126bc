import { createHash } from 'node:crypto';
import type { Json } from '../../local/connection';
import { openStorage, type Storage } from '../../local/storage';
import { usual } from '../../local/switches/quirks';

/** Keyspaces that the app uses, and that of the owner's commands. */
const keyspaces = [undefined, 'webhooks'];
/** How many values of an index are looked up. */
const lookedUp = 25;

/**
 * Opens a storage and reads all of it: every document by a scan, by its id and by every index, the keys, the jobs.
 * @returns a fingerprint of everything, the same for the same contents
 * @throws what opening and reading throw; Error when an index disagrees with the documents
 */
export async function fingerprintStorage(directory: string): Promise<string> {
  const storage = openStorage({ directory, quirks: usual });
  try {
    const hash = createHash('sha256');
    for (const name of [...storage.collections()].sort()) hash.update(await readCollection(storage, name));
    for (const keyspace of keyspaces) {
      const options = keyspace === undefined ? {} : { keyspace };
      const entries = await storage.connection().getAll('', options).toArray();
      hash.update(JSON.stringify(entries.map(({ key, value }) => [key, value])));
    }
    hash.update(String(storage.queue.pending()));
    return hash.digest('hex');
  } finally {
    await storage.close();
  }
}

export class IndexDisagrees extends Error {}

async function readCollection(storage: Storage, name: string): Promise<string> {
  const connection = storage.connection();
  const documents = await connection.getMany(name, {}).toArray();
  const byId = new Map(documents.map((document) => [document._id, document]));
  for (const id of [...byId.keys()].slice(0, lookedUp)) {
    const found = await connection.getOne(name, id);
    if (JSON.stringify(found) !== JSON.stringify(byId.get(id)))
      throw new IndexDisagrees(`${name} ${id} is another document by its id`);
  }
  const indexes = storage.describe().find((one) => one.name === name)?.indexes ?? [];
  for (const [path] of indexes) if (path !== undefined) await compareIndex(storage, name, path, documents);
  const sorted = [...byId.values()].sort((a, b) => (a._id < b._id ? -1 : 1));
  return `${name} ${JSON.stringify(indexes)} ${JSON.stringify(sorted)}`;
}

async function compareIndex(
  storage: Storage,
  name: string,
  path: string,
  documents: readonly { readonly _id: string; readonly [field: string]: Json | undefined }[],
): Promise<void> {
  const ids = new Map<string | number, string[]>();
  for (const document of documents) {
    const value = document[path];
    if (typeof value === 'string' || typeof value === 'number')
      ids.set(value, [...(ids.get(value) ?? []), document._id]);
  }
  for (const [value, expected] of [...ids].slice(0, lookedUp)) {
    const found = await storage
      .connection()
      .getMany(name, { [path]: value })
      .toArray();
    const same =
      found
        .map(({ _id }) => _id)
        .sort()
        .join() === expected.sort().join();
    if (!same) throw new IndexDisagrees(`the index ${path} of ${name} disagrees with the documents`);
  }
}
