import type { Json, StoredDocument } from '../connection';
import { isRecord } from './json';
import type { FieldSelection } from './options';

type Fields = { [field: string]: Json };

/** Makes the function that reduces documents to the selected fields; dot paths reach into arrays. */
export function projector(
  selection: FieldSelection | undefined,
): (document: StoredDocument) => StoredDocument {
  if (!selection) return (document) => document;
  const paths = selection.paths.map((path) => path.split('.'));
  return (document) => {
    const { _id, ...fields } = document;
    const projected: Fields = selection.mode === 'include' ? pick(fields, paths) : omit(fields, paths);
    const result = { _id, ...projected };
    return selection.withId ? result : withoutId(result);
  };
}

/** Removes the id from a result, for `$fields: {_id: 0}` and counts; the type does not follow. */
export function withoutId(document: StoredDocument): StoredDocument {
  Reflect.deleteProperty(document, '_id');
  return document;
}

function pick(source: Fields, paths: readonly string[][]): Fields {
  const picked: Fields = {};
  for (const [field, rests] of byFirst(paths)) {
    const value = Object.hasOwn(source, field) ? source[field] : undefined;
    if (value === undefined) continue;
    const kept = rests.some((rest) => rest.length === 0) ? value : pickInside(value, rests);
    if (kept !== undefined) picked[field] = kept;
  }
  return picked;
}

function pickInside(value: Json, paths: readonly string[][]): Json | undefined {
  if (Array.isArray(value)) return value.flatMap((item) => pickInside(item, paths) ?? []);
  return isFields(value) ? pick(value, paths) : undefined;
}

function omit(source: Fields, paths: readonly string[][]): Fields {
  const kept: Fields = { ...source };
  for (const [field, rests] of byFirst(paths)) {
    const value = Object.hasOwn(kept, field) ? kept[field] : undefined;
    if (value === undefined) continue;
    if (rests.some((rest) => rest.length === 0)) delete kept[field];
    else kept[field] = omitInside(value, rests);
  }
  return kept;
}

function omitInside(value: Json, paths: readonly string[][]): Json {
  if (Array.isArray(value)) return value.map((item) => omitInside(item, paths));
  return isFields(value) ? omit(value, paths) : value;
}

/** Groups paths by their first step. */
function byFirst(paths: readonly string[][]): Map<string, string[][]> {
  const groups = new Map<string, string[][]>();
  for (const [first, ...rest] of paths) {
    if (first === undefined || first === '__proto__') continue;
    groups.set(first, [...(groups.get(first) ?? []), rest]);
  }
  return groups;
}

function isFields(value: Json): value is Fields {
  return isRecord(value);
}
