/**
 * What numbers are kept of: all mail, a tag, a sending domain, a mailbox provider, or what only the back-fill
 * has brought of a sending domain. The text is also the id of the document with its numbers, so no name can
 * stand for another kind.
 */
export const allMail = 'all';

/** Kinds of subjects that have a name. */
export type NamedKind = 'tag' | 'domain' | 'provider' | 'backfill';

export function subjectOf(kind: NamedKind, name: string): string {
  return `${kind}:${name}`;
}

/** The name of a subject of a kind, null when it is of another kind. */
export function nameIn(kind: NamedKind, subject: string): string | null {
  return subject.startsWith(`${kind}:`) ? subject.slice(kind.length + 1) : null;
}
