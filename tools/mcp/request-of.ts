import type { ReadingTool } from './tools-of';

/** Items of a list, where nobody asks for another number: more than a person reads, and few enough for one answer. */
const fewItems = '20';

/**
 * A name in a path. What no URL can carry comes as `~` and its UTF-8 in base64url.
 * @see docs/api.md
 */
function inPath(text: string): string {
  return text === '.' || text === '..' || /[%/\\]|^~/.test(text)
    ? `~${Buffer.from(text).toString('base64url')}`
    : encodeURIComponent(text);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * The request that a call of a tool means.
 * @param given arguments by name; those of the path must be there
 * @returns the path below `/api/`, with its query
 */
export function requestOf(
  { method, path, inPath: names, inputSchema }: ReadingTool,
  given: Readonly<Record<string, unknown>>,
): { path: string; body?: object } {
  const filled = names.reduce(
    (text, name) => text.replace(`{${name}}`, () => inPath(textOf(given[name] ?? ''))),
    path.replace(/^\/api\//, ''),
  );
  const rest = Object.entries(given).filter(([name, value]) => !names.includes(name) && value !== undefined);
  if (method === 'POST') return { path: filled, body: Object.fromEntries(rest) };
  const query = new URLSearchParams(rest.map(([name, value]): [string, string] => [name, textOf(value)]));
  if ('limit' in inputSchema.properties && !query.has('limit')) query.set('limit', fewItems);
  return { path: query.size === 0 ? filled : `${filled}?${query}` };
}
