/** What every platform takes in an id, in the order of their codes. Only these are known to work. */
const alphabet = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

const escaped = /[^A-Za-z0-9-]/g;
const sequence = /_(?:u([0-9a-f]{4})|([0-9a-f]{2}))/g;
const plain = /^[A-Za-z0-9_-]+$/;

/**
 * How the keys of a collection become ids of documents. `any`: a key may be any text. `plain`: keys are of letters,
 * digits, `_` and `-` by their making, and are the ids.
 */
export type Keys = 'any' | 'plain';

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/**
 * The id of a document: its key, with `_40` for `@`, `_2e` for `.` and so on, as in a URL but with `_` in the place of `%`, and
 * `_u00e9` for what is not ASCII. Whatever begins a key begins its id, so that ids can be searched by a prefix.
 * @throws TypeError for a key that is not plain where keys must be
 */
export function idOfKey(key: string, keys: Keys): string {
  if (keys === 'plain') {
    if (key !== '' && !plain.test(key)) throw new TypeError('A key holds other characters than an id may.');
    return key;
  }
  return key.replace(escaped, (character) => {
    const code = character.charCodeAt(0);
    return code < 128 ? `_${hex(code, 2)}` : `_u${hex(code, 4)}`;
  });
}

/** The key of a document, given its id. */
export function keyOfId(id: string, keys: Keys): string {
  if (keys === 'plain') return id;
  return id.replace(sequence, (_, long: string | undefined, short: string | undefined) =>
    String.fromCharCode(Number.parseInt(long ?? short ?? '', 16)),
  );
}

/** The first text that comes after all ids with a prefix; null when none does. */
function afterPrefix(prefix: string): string | null {
  for (let at = prefix.length - 1; at >= 0; at -= 1) {
    const next = alphabet[alphabet.indexOf(prefix.charAt(at)) + 1];
    if (next !== undefined) return prefix.slice(0, at) + next;
  }
  return null;
}

function idsOf(condition: unknown, keys: Keys): unknown {
  if (typeof condition === 'string') return idOfKey(condition, keys);
  if (Array.isArray(condition)) return condition.map((one) => idsOf(one, keys));
  if (typeof condition !== 'object' || condition === null) return condition;
  const { $startsWith, ...others }: { $startsWith?: unknown } = condition;
  const bounds = Object.fromEntries(
    Object.entries(others).map(([operator, value]) => [operator, idsOf(value, keys)]),
  );
  if (typeof $startsWith !== 'string') return bounds;
  const first = idOfKey($startsWith, keys);
  const end = afterPrefix(first);
  return { ...bounds, $gte: first, ...(end !== null && { $lt: end }) };
}

/** A query with the ids of the keys that it names. */
export function withIds(query: object, keys: Keys): object {
  return '_id' in query ? { ...query, _id: idsOf(query._id, keys) } : query;
}

/** A document that was read, with its key in the place of its id. The document is changed. */
export function withKey<Document extends object>(document: Document, keys: Keys): Document {
  if (keys === 'plain' || !('_id' in document) || typeof document._id !== 'string') return document;
  return Object.assign(document, { _id: keyOfId(document._id, keys) });
}
