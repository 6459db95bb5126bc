import type { StoredDocument } from '../connection';
import type { Sqlite } from '../database/sqlite';
import type { Collection } from './collections';
import type { FindRequest } from './options';
import { type Plan, planQuery } from './plan';
import { projector, withoutId } from './projection';
import type { CompiledQuery } from './query';
import { Batch, documentBytes, type Found, matchingBatches, readDocument } from './select';
import { Sorter } from './sort';

/** Whole documents of a request with sort, offset and limit applied, in batches that may be empty. */
export function findBatches(
  database: () => Sqlite,
  collection: Collection,
  query: CompiledQuery,
  request: FindRequest,
): Generator<Found[], void> {
  return search(database, collection, query, request, null);
}

/** What a stream of a request yields: whole documents, the fields that are selected, or one count. */
export function* resultBatches(
  database: () => Sqlite,
  collection: Collection,
  query: CompiledQuery,
  request: FindRequest,
): Generator<StoredDocument[], void> {
  const { fields, countOnly } = request;
  const selected = countOnly ? [] : fields?.mode === 'include' ? fields.paths : null;
  const batches = search(database, collection, query, request, selected);
  if (countOnly) {
    yield* counted(batches);
    return;
  }
  const project = projector(fields);
  for (const batch of batches) yield batch.map(({ document }) => project(document));
}

function* counted(batches: Iterable<Found[]>): Generator<StoredDocument[], void> {
  let count = 0;
  for (const batch of batches) {
    count += batch.length;
    yield [];
  }
  yield [withoutId({ _id: '', count })];
}

function search(
  database: () => Sqlite,
  collection: Collection,
  query: CompiledQuery,
  request: FindRequest,
  fields: readonly string[] | null,
): Generator<Found[], void> {
  const plan = planQuery(collection, query, request.sort);
  if (!plan.sorted) return sortedBatches(database, collection, query, plan, request);
  const wanted = request.offset + request.limit;
  return withinWindow(matchingBatches(database, collection, query, plan, fields, wanted), request);
}

function* withinWindow(batches: Iterable<Found[]>, { offset, limit }: FindRequest): Generator<Found[], void> {
  let skip = offset;
  let left = limit;
  for (const batch of batches) {
    if (left <= 0) return;
    const taken = batch.slice(skip, skip + left);
    skip = Math.max(0, skip - batch.length);
    left -= taken.length;
    yield taken;
    if (left <= 0) return;
  }
}

/** Sorts what no index has in order: by its sort keys alone, so that memory stays flat. */
function* sortedBatches(
  database: () => Sqlite,
  collection: Collection,
  query: CompiledQuery,
  plan: Plan,
  { sort, offset, limit }: FindRequest,
): Generator<Found[], void> {
  const sorter = new Sorter(sort, offset + limit);
  for (const batch of matchingBatches(database, collection, query, plan, null, Number.POSITIVE_INFINITY)) {
    for (const { n, document } of batch) sorter.add(n, document);
    yield [];
  }
  const batch = new Batch<Found>();
  for (const n of sorter.numbers().slice(offset)) {
    const row = database().row(`SELECT CAST(doc AS BLOB), sum FROM ${collection.table} WHERE n = ?`, [n]);
    if (row !== undefined) batch.push({ n, document: readDocument(row, 0, 1) }, documentBytes(row));
    if (batch.isFull) yield batch.take();
  }
  yield batch.take();
}
