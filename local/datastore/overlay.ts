import type { StoredDocument } from '../connection';
import { type CollectionInfo, rootOf } from './catalog';
import { toJson } from './json';
import type { Patch } from './patch';
import type { Sort } from './planner';
import type { CompiledQuery } from './query';
import type { RecentRecord, RecentTable } from './recent';

/** What recent records mean for a query: documents that it finds among them, and what the database is to be read with. */
export class Overlay {
  /** Recent documents that match. They are not to be taken from the database. */
  readonly found: readonly RecentRecord[];
  readonly #recent: RecentTable['records'];
  /** What the query finds in the database and what has changed of it since, none of which the query looks at. */
  readonly #patches = new Map<string, Patch>();

  constructor({ records }: RecentTable, collection: CollectionInfo, query: CompiledQuery, sort: Sort) {
    this.#recent = records;
    const looks = query.fields && new Set([...query.fields, ...sort.map(([field]) => rootOf(field))]);
    const isSampled = query.fields?.every((field) => field === '_id' || collection.roots.includes(field));
    const found: RecentRecord[] = [];
    for (const [id, record] of records) {
      const { storedPatch } = record;
      if (storedPatch !== null && looks !== undefined) {
        if (!Object.keys(storedPatch).some((field) => looks.has(field))) {
          this.#patches.set(id, storedPatch);
          continue;
        }
        if (query.excludes(storedPatch)) continue;
      }
      const document = (isSampled && record.sample) || record.document;
      if (document !== null && query.matches(document)) found.push(record);
    }
    this.found = found;
  }

  /** Whether a document of the database must not be taken from there. */
  hides(id: string): boolean {
    return this.#recent.has(id) && !this.#patches.has(id);
  }

  /** A document of the database, with what has changed since. */
  amended(document: StoredDocument): StoredDocument {
    const patch = this.#patches.get(document._id);
    if (patch !== undefined) {
      for (const field of Object.keys(patch)) document[field] = toJson(patch[field]) ?? null;
    }
    return document;
  }
}

/** Reads the database as it is. */
export const noOverlay: Pick<Overlay, 'hides' | 'amended'> = {
  hides: () => false,
  amended: (document) => document,
};
