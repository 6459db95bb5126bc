/** What every platform takes in an id, in the order of their codes. Only these are known to work. */
const alphabet = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const plain = /^[A-Za-z0-9_-]+$/;

/**
 * How the keys of a collection become ids of documents. `any`: a key may be any text. `plain`: keys are of letters,
 * digits, `_` and `-` by their making, and are the ids.
 */
export type Keys = 'any' | 'plain';

/**
 * What stands for the other characters: a lead, which is the last of the alphabet that comes before them in order, and one
 * more letter. A lead always has a second letter, also where it stands for itself. So ids are in the order of their keys.
 */
const leads = [
  { lead: '-', from: 0x00, to: 0x2f, first: 0 },
  { lead: '9', from: 0x39, to: 0x40, first: 1 },
  { lead: '_', from: 0x5b, to: 0x60, first: 1 },
  { lead: 'z', from: 0x7a, to: 0x7f, first: 1 },
] as const;
/** What is not ASCII: this lead and four digits. */
const beyond = 'zu';

const idOfCharacter = new Map<string, string>();
const characterOfId = new Map<string, string>();
for (const { lead, from, to, first } of leads)
  for (let code = from; code <= to; code += 1) {
    const id = lead + alphabet.charAt(first + code - from);
    idOfCharacter.set(String.fromCharCode(code), id);
    characterOfId.set(id, String.fromCharCode(code));
  }

/**
 * The id of a document: its key, with `97` for `@`, `-i` for `.`, `91` for `:` and so on. Ids come in the order of their keys, and
 * whatever begins a key begins its id, so that ids can be searched and compared as keys can.
 * @throws TypeError for a key that is not plain where keys must be
 */
export function idOfKey(key: string, keys: Keys): string {
  if (keys === 'plain') {
    if (key !== '' && !plain.test(key)) throw new TypeError('A key holds other characters than an id may.');
    return key;
  }
  return key.replace(/[^0-8A-Za-y]/g, (character) => {
    return idOfCharacter.get(character) ?? beyond + character.charCodeAt(0).toString(16).padStart(4, '0');
  });
}

/** The key of a document, given its id. */
export function keyOfId(id: string, keys: Keys): string {
  if (keys === 'plain') return id;
  return id.replace(/zu([0-9a-f]{4})|[-9_z]./g, (found, code: string | undefined) =>
    code === undefined ? (characterOfId.get(found) ?? found) : String.fromCharCode(Number.parseInt(code, 16)),
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
