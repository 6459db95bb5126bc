/**
 * A dimension is what numbers are kept for: all mail, a tag, a sending domain, a mailbox provider, what only the
 * back-fill has brought of a sending domain, failures of a class at a provider, a group of failures, or what of any of
 * these is about this app's own mail. The text is also the id of the document with its numbers, so no name can stand for
 * another kind.
 */
export const allMail = 'all';

/** Kinds of dimensions that have a name. */
export type DimensionKind = 'tag' | 'domain' | 'provider' | 'backfill' | 'class' | 'failure' | 'own';

/** The dimension of a kind and a name, such as `tag:welcome`. */
export function dimensionOf(kind: DimensionKind, name: string): string {
  return `${kind}:${name}`;
}

/** Whether a dimension has a document with its numbers. Groups of failures stand in buckets only: there may be many. */
export function hasStatistics(dimension: string): boolean {
  return nameOfDimension('failure', dimension) === null;
}

/** The name of a dimension of a kind, null when it is of another kind. */
export function nameOfDimension(kind: DimensionKind, dimension: string): string | null {
  return dimension.startsWith(`${kind}:`) ? dimension.slice(kind.length + 1) : null;
}
