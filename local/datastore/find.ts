import type { StoredDocument } from '../connection';
import { type CollectionInfo, rootOf } from './catalog';
import { coveringReader } from './covering';
import { type Database, textAt } from './database';
import { parseDocument } from './json';
import type { FindRequest } from './options';
import { Overlay } from './overlay';
import { planQuery, type Sort } from './planner';
import { projector, withoutId } from './projection';
import type { CompiledQuery } from './query';
import type { RecentRecord, RecentTable } from './recent';
import { matchingBatches, type Selected, wholeDocuments } from './scan';
import { compareKeys, Sorter, sortKeys } from './sort';

const fetchBatch = 256;

/** Numbers of recent documents begin here: they come after those that the database has. */
const firstRecent = 2 ** 52;

/** Most documents that are looked up one by one by their ids. */
const mostLookedUp = 1000;

/** Where the documents of a collection are: in the database, unless they are among the recent ones. */
export interface Source {
  /** The text of a document as it is now. */
  readonly read: (id: string) => string | null;
  readonly database: () => Database;
  /** The recent records, held before the first batch, so that they fit what the database holds then. */
  readonly holdRecent: () => RecentTable;
}

/** The documents of a request with sort, offset and limit applied, in batches that may be empty. */
export function findBatches(
  source: Source,
  collection: CollectionInfo,
  query: CompiledQuery,
  request: FindRequest,
): Generator<Selected[], void> {
  return search(source, collection, query, request, null);
}

/** As {@link findBatches}, but of documents only what the request selects has to be there. */
export function selectedBatches(
  source: Source,
  collection: CollectionInfo,
  query: CompiledQuery,
  request: FindRequest,
): Generator<Selected[], void> {
  const { countOnly, fields } = request;
  const selected = countOnly ? [] : fields?.mode === 'include' ? fields.paths : null;
  return search(source, collection, query, request, selected);
}

function* search(
  { database, holdRecent, read }: Source,
  collection: CollectionInfo,
  query: CompiledQuery,
  request: FindRequest,
  selected: readonly string[] | null,
): Generator<Selected[], void> {
  const { sort } = request;
  if (query.ids !== undefined && query.ids.length <= mostLookedUp) {
    yield* window([lookUp(read, query.ids, query, sort)], request);
    return;
  }
  const recent = holdRecent();
  try {
    yield* searchBoth(
      database,
      collection,
      query,
      request,
      selected,
      new Overlay(recent, collection, query, sort),
    );
  } finally {
    recent.release();
  }
}

function* searchBoth(
  database: () => Database,
  collection: CollectionInfo,
  query: CompiledQuery,
  request: FindRequest,
  selected: readonly string[] | null,
  overlay: Overlay,
): Generator<Selected[], void> {
  const { found } = overlay;
  const { sort, offset, limit } = request;
  const wanted = offset + limit;
  const plan = planQuery(collection, query, sort);
  const roots = selected && [...new Set(selected.map(rootOf))];
  if (!plan.sorted) {
    const whole = wholeDocuments(query, plan);
    const batches = matchingBatches(database, collection, plan, whole, overlay, wanted);
    yield* sorted(database, collection, batches, overlay, roots, request);
    return;
  }
  // To find their places among the others, documents have to be read with what they are sorted by.
  const needed = selected && (found.length === 0 ? selected : [...selected, ...sort.map(([field]) => field)]);
  const covering = needed && coveringReader(plan, query, needed);
  const reader = covering ?? wholeDocuments(query, plan);
  const batches = matchingBatches(database, collection, plan, reader, overlay, wanted);
  yield* window(merged(batches, found, roots, sort), request);
}

/** The documents of some ids that match, in order. */
function lookUp(
  read: (id: string) => string | null,
  ids: readonly string[],
  query: CompiledQuery,
  sort: Sort,
): Selected[] {
  const found: Selected[] = [];
  for (const id of ids) {
    const text = read(id);
    if (text === null) continue;
    const document = parseDocument(text);
    if (query.matches(document)) found.push({ document });
  }
  if (sort.length === 0) return found;
  const sorter = new Sorter(sort, found.length);
  for (const [at, { document }] of found.entries()) sorter.add(at, document);
  return sorter.numbers().flatMap((at) => found[at] ?? []);
}

/** Adds recent documents to others that are in order. */
function* merged(
  batches: Iterable<Selected[]>,
  recent: readonly RecentRecord[],
  roots: readonly string[] | null,
  sort: Sort,
): Generator<Selected[], void> {
  const selectedOf = (record: RecentRecord) => ({ document: record.copy(roots) });
  if (recent.length === 0 || sort.length === 0) {
    yield* batches;
    yield recent.map(selectedOf);
    return;
  }
  const waiting = recent.flatMap((record) =>
    record.document ? [{ record, keys: sortKeys(record.document, sort) }] : [],
  );
  waiting.sort((a, b) => compareKeys(a.keys, b.keys, sort));
  let next = 0;
  for (const batch of batches) {
    const both: Selected[] = [];
    for (const one of batch) {
      const keys = sortKeys(one.document, sort);
      for (
        let first = waiting[next];
        first && compareKeys(first.keys, keys, sort) < 0;
        first = waiting[next]
      ) {
        both.push(selectedOf(first.record));
        next += 1;
      }
      both.push(one);
    }
    yield both;
  }
  yield waiting.slice(next).map(({ record }) => selectedOf(record));
}

function* window<Result>(
  batches: Iterable<Result[]>,
  { offset, limit }: FindRequest,
): Generator<Result[], void> {
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

function* sorted(
  database: () => Database,
  collection: CollectionInfo,
  batches: Iterable<{ n: number; document: StoredDocument }[]>,
  overlay: Overlay,
  roots: readonly string[] | null,
  { sort, offset, limit }: FindRequest,
): Generator<Selected[], void> {
  const { found: recent } = overlay;
  const sorter = new Sorter(sort, offset + limit);
  for (const batch of batches) {
    for (const { n, document } of batch) sorter.add(n, document);
    yield [];
  }
  for (const [at, { document }] of recent.entries()) if (document) sorter.add(firstRecent + at, document);
  const numbers = sorter.numbers().slice(offset);
  for (let at = 0; at < numbers.length; at += fetchBatch) {
    yield numbers.slice(at, at + fetchBatch).flatMap((n) => {
      const record = recent[n - firstRecent];
      if (record !== undefined) return [{ document: record.copy(roots) }];
      const row = database().rows(`SELECT doc FROM ${collection.table} WHERE n = ?`, [n])[0];
      return row === undefined ? [] : [{ document: overlay.amended(parseDocument(textAt(row, 0))) }];
    });
  }
}

/** What a stream of a request yields: whole or projected documents, or one count. */
export function* resultBatches(
  batches: Iterable<Selected[]>,
  request: FindRequest,
): Generator<StoredDocument[], void> {
  if (request.countOnly) {
    let count = 0;
    for (const batch of batches) {
      count += batch.length;
      yield [];
    }
    yield [withoutId({ _id: '', count })];
    return;
  }
  const project = projector(request.fields);
  for (const batch of batches) yield batch.map(({ document }) => project(document));
}
