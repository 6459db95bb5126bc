import { cut } from '../events/text';
import { allMail, type DimensionKind, nameOfDimension } from '../statistics/dimension';
import type { ScopeKind } from './rules';

/**
 * What an alert is about: the dimension of the statistics, such as `tag:welcome`, or `threshold:NAME` for one that is
 * set at Mailgun.
 */
export type Scope = string;

const named = ['tag', 'domain', 'provider'] as const satisfies readonly DimensionKind[];

/** The kind of a scope, null when no rule is applied to such. */
export function kindOfScope(scope: Scope): ScopeKind | null {
  if (scope === allMail) return 'all';
  return named.find((kind) => nameOfDimension(kind, scope) !== null) ?? null;
}

/** The narrowest first: of scopes with the same numbers, the first one says most. */
export const narrowestFirst: readonly ScopeKind[] = ['tag', 'provider', 'domain', 'all'];

/** Longest name of a scope that is shown, in characters. */
const maxNameLength = 100;

/** A scope as a person reads it, in one line: a tag may be any text. */
export function describeScope(scope: Scope): string {
  if (scope === allMail) return 'all mail';
  const at = scope.indexOf(':');
  const name = scope.slice(at + 1).replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  return `${scope.slice(0, at)} ${cut(name, maxNameLength)}`;
}
