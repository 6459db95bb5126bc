import { wellFormed } from './text';

/** Deepest nesting that a payload may have. Mailgun's own are at most six deep. */
const deepestNesting = 64;

/** Thrown for a payload that is nested so deeply that it can only be an attack. */
export class NestedTooDeeply extends Error {
  constructor() {
    super(`The payload is nested deeper than ${deepestNesting} levels.`);
  }
}

/**
 * JSON text of a parsed JSON value with object keys in order, so that two copies of one payload
 * give the same text whatever order their sender wrote the keys in.
 * @throws NestedTooDeeply
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(wellFormed(value));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (depth > deepestNesting) throw new NestedTooDeeply();
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`;
  let fields = '';
  for (const key of Object.keys(value).sort()) {
    const item: unknown = Reflect.get(value, key);
    fields += `${fields === '' ? '' : ','}${JSON.stringify(wellFormed(key))}:${canonicalJson(item, depth + 1)}`;
  }
  return `{${fields}}`;
}
