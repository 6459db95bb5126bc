const blanks = new Set([' ', '\t', '\n', '\r']);

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (blanks.has(text.charAt(at))) at += 1;
  return at;
}

/** Where a string ends whose first quotation mark is at a place; -1 when it does not end. */
function afterString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = end;
    while (text.charAt(escapes - 1) === '\\') escapes -= 1;
    if ((end - escapes) % 2 === 0) return end + 1;
  }
  return -1;
}

/** Where a value ends that begins at a place; -1 when it does not end. No recursion: it may be nested deeply. */
function afterValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; ) {
    const sign = text.charAt(at);
    if (sign === '"') {
      at = afterString(text, at);
      if (at === -1) return -1;
      if (depth === 0) return at;
      continue;
    }
    if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (sign === ',' || blanks.has(sign))) return at;
    at += 1;
  }
  return -1;
}

/**
 * The text of a member of a JSON object as it stands there: digits of numbers, order and repetition of keys included,
 * which parsing loses. When several members have the name, it is the last one that counts, as for `JSON.parse`.
 *
 * The member that is wanted is copied, instead of cutting the others off: so no slip can leave a signature in the copy.
 * @param json text that a parser has taken
 * @returns null when the object has no such member, or the text is not read as expected
 */
export function memberText(json: string, name: string): string | null {
  let found: string | null = null;
  let at = afterBlanks(json, 0);
  if (json.charAt(at) !== '{') return null;
  at = afterBlanks(json, at + 1);
  while (json.charAt(at) === '"') {
    const nameEnd = afterString(json, at);
    const colon = afterBlanks(json, nameEnd);
    if (nameEnd === -1 || json.charAt(colon) !== ':') return null;
    const start = afterBlanks(json, colon + 1);
    const end = afterValue(json, start);
    if (end === -1) return null;
    if (nameOf(json.slice(at, nameEnd)) === name) found = json.slice(start, end);
    at = afterBlanks(json, end);
    if (json.charAt(at) === '}') return found;
    if (json.charAt(at) !== ',') return null;
    at = afterBlanks(json, at + 1);
  }
  return null;
}

/**
 * The texts of the elements of a JSON array as they stand there.
 * @param json text that a parser has taken
 * @returns null when it is no array, or the text is not read as expected
 */
export function elementTexts(json: string): string[] | null {
  const found: string[] = [];
  let at = afterBlanks(json, 0);
  if (json.charAt(at) !== '[') return null;
  at = afterBlanks(json, at + 1);
  while (at < json.length && json.charAt(at) !== ']') {
    const end = afterValue(json, at);
    if (end === -1) return null;
    found.push(json.slice(at, end));
    at = afterBlanks(json, end);
    if (json.charAt(at) === ',') at = afterBlanks(json, at + 1);
    else if (json.charAt(at) !== ']') return null;
  }
  return at < json.length ? found : null;
}

/** A name may be written with escapes. */
function nameOf(quoted: string): unknown {
  try {
    return JSON.parse(quoted);
  } catch {
    return undefined;
  }
}
