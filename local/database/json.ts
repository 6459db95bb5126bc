import { types } from 'node:util';
import type { Json, StoredDocument } from '../connection';
import { ArgumentError } from './errors';

const maxDepth = 100;

/** Whether a value is an object with fields: no array, date or regular expression, of any realm. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !types.isDate(value) &&
    !types.isRegExp(value)
  );
}

/**
 * Copies a value into what can be stored: dates become ISO strings, `undefined` and functions vanish
 * (`null` inside arrays), a `__proto__` key is dropped. Returns `undefined` for what has no JSON form.
 */
export function toJson(value: unknown, depth = 0): Json | undefined {
  if (depth > maxDepth) throw new ArgumentError(`A value is nested deeper than ${maxDepth} levels`);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'bigint':
      throw new ArgumentError('A BigInt cannot be stored: store it as a string');
    case 'object':
      return value === null ? null : objectToJson(value, depth);
    default:
      return undefined;
  }
}

function objectToJson(value: object, depth: number): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => toJson(item, depth + 1) ?? null);
  if ('toJSON' in value && typeof value.toJSON === 'function') return toJson(value.toJSON(), depth + 1);
  return recordToJson(value, depth);
}

function recordToJson(value: object, depth: number): { [key: string]: Json } {
  const copy: { [key: string]: Json } = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') continue;
    const json = toJson(item, depth + 1);
    if (json !== undefined) copy[key] = json;
  }
  return copy;
}

/** Copies the fields of a document as `toJson` does; rejects anything but an object. */
export function toJsonFields(value: unknown, what: string): { [key: string]: Json } {
  if (!isRecord(value)) throw new ArgumentError(`${what} must be an object`);
  return recordToJson(value, 0);
}

function isStoredDocument(value: unknown): value is StoredDocument {
  return isRecord(value) && typeof value._id === 'string';
}

/** Parses the text of a stored document. */
export function parseDocument(text: string): StoredDocument {
  const value: unknown = JSON.parse(text);
  if (!isStoredDocument(value)) throw new Error('A stored document has no string _id');
  return value;
}

/** Parses stored JSON text. */
export function parseJson(text: string): Json {
  const value = toJson(JSON.parse(text));
  return value === undefined ? null : value;
}
