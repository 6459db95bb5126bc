import { useEffect, useState } from 'preact/hooks';

/** Where the page is, kept in the hash so that every view is a link. */
export interface Place {
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

function parseHash(hash: string): Place {
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
  return `#/${path.map(encodeURIComponent).join('/')}${parameters.size > 0 ? `?${parameters}` : ''}`;
}

export function usePlace(): Place {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const onChange = () => setHash(location.hash);
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return parseHash(hash);
}

/** Changes parameters of the present view without another step in the browser's history. */
export function changeQuery(change: Readonly<Record<string, string | null | undefined>>): void {
  const { path, query } = parseHash(location.hash);
  location.replace(linkTo(path, { ...query, ...change }));
}
