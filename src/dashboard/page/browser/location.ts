import { useEffect, useState } from 'preact/hooks';
import { encodeSegment } from './encode-segment';

/** Where the page is, kept in the hash so that every view is a link. */
export interface AppLocation {
  /** Decoded segments, such as `['campaigns', 'welcome']`; none for the overview. */
  path: readonly string[];
  query: Readonly<Record<string, string>>;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function parseHash(hash: string): AppLocation {
  const text = hash.replace(/^#\/?/, '');
  const queryAt = text.indexOf('?');
  const path = queryAt === -1 ? text : text.slice(0, queryAt);
  const query = queryAt === -1 ? '' : text.slice(queryAt + 1);
  return {
    path: path.split('/').filter(Boolean).map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** The link to a view. Parameters without a value are left out. */
export function linkTo(
  path: readonly string[],
  query: Readonly<Record<string, string | null | undefined>> = {},
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) parameters.set(name, value);
  return `#/${path.map(encodeSegment).join('/')}${parameters.size > 0 ? `?${parameters}` : ''}`;
}

/** Lists by their first segment, as they were last looked at. */
const lastLists = new Map<string, string>();

/** The link back to a list, with what was chosen in it. */
export function linkBackTo(list: string): string {
  return lastLists.get(list) ?? linkTo([list]);
}

/** Notes what was chosen in a list, for the way back to it. */
function rememberList(hash: string): void {
  const { path } = parseHash(hash);
  if (path.length === 1 && path[0] !== undefined) lastLists.set(path[0], hash);
}

export function useLocation(): AppLocation {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const onChange = () => setHash(location.hash);
    onChange();
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  rememberList(hash);
  return parseHash(hash);
}

/** Changes parameters of the present view without another step in the browser's history. */
export function changeQuery(change: Readonly<Record<string, string | null | undefined>>): void {
  const { path, query } = parseHash(location.hash);
  location.replace(linkTo(path, { ...query, ...change }));
}
