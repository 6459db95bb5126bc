import type { StoredDocument } from '../connection';
import type { CollectionInfo } from './catalog';
import { coveringReader } from './covering';
import { type Database, textAt } from './database';
import { parseDocument } from './json';
import type { FindRequest } from './options';
import { planQuery } from './planner';
import { projector, withoutId } from './projection';
import type { CompiledQuery } from './query';
import { type Found, matchingBatches, wholeDocuments } from './scan';
import { Sorter } from './sort';

const fetchBatch = 256;

/** A document, or of it what a request selects. */
export interface Selected {
  readonly document: StoredDocument;
}

/** The documents of a request with sort, offset and limit applied, in batches that may be empty. */
export function* findBatches(
  database: () => Database,
  collection: CollectionInfo,
  query: CompiledQuery,
  request: FindRequest,
): Generator<Found[], void> {
  const plan = planQuery(collection, query, request.sort);
  const whole = wholeDocuments(query, plan);
  const matching = matchingBatches(database, collection, plan, whole, request.offset + request.limit);
  if (plan.sorted) yield* window(matching, request);
  else yield* sorted(database, collection, matching, request);
}

/** As {@link findBatches}, but of documents only what the request selects has to be there. */
export function* selectedBatches(
  database: () => Database,
  collection: CollectionInfo,
  query: CompiledQuery,
  request: FindRequest,
): Generator<Selected[], void> {
  const plan = planQuery(collection, query, request.sort);
  const { countOnly, fields } = request;
  const selected = countOnly ? [] : fields?.mode === 'include' ? fields.paths : null;
  const covering = selected && plan.sorted ? coveringReader(plan, query, selected) : null;
  if (covering === null) yield* findBatches(database, collection, query, request);
  else {
    const { offset, limit } = request;
    yield* window(matchingBatches(database, collection, plan, covering, offset + limit), request);
  }
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
  batches: Iterable<Found[]>,
  { sort, offset, limit }: FindRequest,
): Generator<Found[], void> {
  const sorter = new Sorter(sort, offset + limit);
  for (const batch of batches) {
    for (const found of batch) sorter.add(found);
    yield [];
  }
  const numbers = sorter.numbers().slice(offset);
  for (let at = 0; at < numbers.length; at += fetchBatch) {
    yield numbers.slice(at, at + fetchBatch).flatMap((n) => {
      const row = database().rows(`SELECT doc FROM ${collection.table} WHERE n = ?`, [n])[0];
      if (row === undefined) return [];
      const text = textAt(row, 0);
      return [{ n, document: parseDocument(text), text }];
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
