import type { Json, StoredDocument } from '../connection';
import { ArgumentError } from '../database/errors';
import { newId } from '../database/ids';
import { isRecord, toJsonFields } from '../database/json';
import type { Change } from './update';

/** A document to insert, copied, with an `_id`: the given one or a new one. */
export function newDocument(document: unknown): StoredDocument {
  const fields = toJsonFields(document, 'A document');
  const { _id } = fields;
  if (typeof _id === 'string' && _id !== '') return withId(_id, fields);
  if (_id === undefined || _id === null) return withId(newId(), fields);
  throw new ArgumentError('The _id of a document must be a string');
}

/** The id comes first. To set the fields one by one is faster than to spread many of them. */
function withId(_id: string, fields: { [field: string]: Json }): StoredDocument {
  if (Object.keys(fields)[0] === '_id') return Object.assign(fields, { _id });
  const document: StoredDocument = { _id };
  for (const field of Object.keys(fields)) {
    const value = fields[field];
    if (field !== '_id' && value !== undefined) document[field] = value;
  }
  return document;
}

/** Reads the document of a replace call. */
export function parseReplacement(document: unknown): Change {
  const fields = toJsonFields(document, 'A replacement');
  const operator = Object.keys(fields).find((field) => field.startsWith('$'));
  if (operator !== undefined) throw new ArgumentError(`A replacement takes no operators (${operator})`);
  return replaceWith(fields);
}

/** A change that replaces every field but the `_id`. */
export function replaceWith(fields: { [field: string]: StoredDocument[string] }): Change {
  return (document) => {
    const { _id } = document;
    for (const field of Object.keys(document)) if (field !== '_id') Reflect.deleteProperty(document, field);
    Object.assign(document, fields, { _id });
  };
}

/** Reads the name of a collection. */
export function parseName(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name;
  throw new ArgumentError('The name of a collection must be a string');
}

/** Reads the fields of an index. */
export function parseFields(fields: unknown): string[] {
  const list: unknown[] = Array.isArray(fields) ? fields : [fields];
  const paths = list.filter((field) => typeof field === 'string').filter((field) => /^[^$]/.test(field));
  if (paths.length === 0 || paths.length !== list.length || new Set(paths).size !== paths.length) {
    throw new ArgumentError('An index needs a list of different field names');
  }
  if (paths.some((path) => path.split('.').includes('__proto__'))) {
    throw new ArgumentError('A path must not contain __proto__');
  }
  return paths;
}

/** Whether the options of an update ask for an upsert. */
export function isUpsert(options: unknown): boolean {
  return isRecord(options) && options.upsert === true;
}

/** Whether a query asks for all documents. */
export function isEverything(query: unknown): boolean {
  return query === undefined || query === null || (isRecord(query) && Object.keys(query).length === 0);
}
