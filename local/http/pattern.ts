/** A compiled path key of the app: the raw, still encoded values of its parameters, or null. */
export type Pattern = (path: string) => Readonly<Record<string, string>> | null;

const noParameters: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Compiles the path of a route, an auth hook or middleware: `*` stands for any text including slashes,
 * `:name` for one segment; letters match in either case and a trailing slash is ignored. A regular
 * expression comes as codehooks-js stores it, the JSON text `{"$regex":"/source/flags"}`.
 */
export function compilePattern(key: string): Pattern {
  const expression = key.startsWith('{') ? readRegularExpression(key) : expressionOfPath(key);
  return (path) => {
    const match = expression.exec(path);
    return match === null ? null : (match.groups ?? noParameters);
  };
}

function expressionOfPath(path: string): RegExp {
  const source = path
    .replace(/\/+$/, '')
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/:([A-Za-z_][A-Za-z0-9_]*)/g, '(?<$1>[^/]+?)');
  return new RegExp(`^${source}/?$`, 'is');
}

function readRegularExpression(key: string): RegExp {
  const stored: unknown = JSON.parse(key);
  const text =
    typeof stored === 'object' && stored !== null && '$regex' in stored ? stored.$regex : undefined;
  if (typeof text !== 'string') {
    throw new SyntaxError(`The path key ${key} is neither a path nor a regular expression.`);
  }
  const end = text.lastIndexOf('/');
  // `g` and `y` would make each match depend on the last one.
  return new RegExp(text.slice(1, end), text.slice(end + 1).replace(/[gy]/g, ''));
}
