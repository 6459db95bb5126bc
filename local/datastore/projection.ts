import type { Json, StoredDocument } from '../connection';
import { isRecord } from '../database/json';
import type { FieldSelection } from './options';

type Fields = { [field: string]: Json };

/** Makes the function that reduces documents to the selected fields; dot paths reach into arrays. */
export function projector(
  selection: FieldSelection | undefined,
): (document: StoredDocument) => StoredDocument {
  if (!selection) return (document) => document;
  const { mode, withId } = selection;
  const steps = stepsOf(selection.paths.map((path) => path.split('.')));
  return (document) => {
    const result: StoredDocument = { _id: document._id };
    if (mode === 'include') pick(document, steps, result);
    else omit(document, steps, result);
    result._id = document._id;
    return withId ? result : withoutId(result);
  };
}

/** Removes the id from a result, for `$fields: {_id: 0}` and counts; the type does not follow. */
export function withoutId(document: StoredDocument): StoredDocument {
  Reflect.deleteProperty(document, '_id');
  return document;
}

/** What is named of a value: all of it (null), or some of its fields. */
type Steps = ReadonlyMap<string, Steps | null>;

/** Puts paths together that have their first steps in common; what is named as a whole is named with all inside it. */
function stepsOf(paths: readonly string[][]): Steps {
  const groups = new Map<string, string[][]>();
  for (const [first, ...rest] of paths) {
    if (first === undefined || first === '__proto__') continue;
    groups.set(first, [...(groups.get(first) ?? []), rest]);
  }
  return new Map(
    [...groups].map(([field, rests]) => [
      field,
      rests.some((rest) => rest.length === 0) ? null : stepsOf(rests),
    ]),
  );
}

function pick(source: Fields, steps: Steps, picked: Fields): Fields {
  for (const [field, inside] of steps) {
    const value = Object.hasOwn(source, field) ? source[field] : undefined;
    if (value === undefined) continue;
    const kept = inside === null ? value : pickInside(value, inside);
    if (kept !== undefined) picked[field] = kept;
  }
  return picked;
}

function pickInside(value: Json, steps: Steps): Json | undefined {
  if (Array.isArray(value)) return value.flatMap((item) => pickInside(item, steps) ?? []);
  return isFields(value) ? pick(value, steps, {}) : undefined;
}

function omit(source: Fields, steps: Steps, kept: Fields): Fields {
  for (const [field, value] of Object.entries(source)) {
    const inside = steps.get(field);
    if (inside === undefined) kept[field] = value;
    else if (inside !== null) kept[field] = omitInside(value, inside);
  }
  return kept;
}

function omitInside(value: Json, steps: Steps): Json {
  if (Array.isArray(value)) return value.map((item) => omitInside(item, steps));
  return isFields(value) ? omit(value, steps, {}) : value;
}

function isFields(value: Json): value is Fields {
  return isRecord(value);
}
