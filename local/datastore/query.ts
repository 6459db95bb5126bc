import { Query as MingoQuery } from 'mingo/query';
import { isScalar, type Scalar } from './entries';
import { ArgumentError } from './errors';
import { isRecord, toJson } from './json';
import { queryContext } from './operators';
import type { Sample } from './recent';
import { idsOf, simpleQuery } from './simple-query';
import { type PlainQuery, translateQuery } from './translate';

/** What an index can do for one field: look values up, or read a range of them. */
export type Condition =
  | { readonly field: string; readonly kind: 'equal'; readonly values: readonly Scalar[] }
  | { readonly field: string; readonly kind: 'range'; readonly lower?: Bound; readonly upper?: Bound }
  | { readonly field: string; readonly kind: 'prefix'; readonly text: string }
  | { readonly field: string; readonly kind: 'notNull' };

export interface Bound {
  readonly value: number | string;
  readonly inclusive: boolean;
}

/** A query that has been checked and can be asked. */
export interface CompiledQuery {
  /** Whether a document matches: the last word, whatever an index found. Its `fields` are all that is looked at. */
  matches(document: Sample): boolean;
  /** Whether no document with these values can match. It may say no where that is so all the same. */
  excludes(values: Sample): boolean;
  /** The fields at the top of a document that the query looks at; undefined when nobody has counted them. */
  readonly fields: readonly string[] | undefined;
  /** Conditions that all must hold, for the planner. They may say less than the query. */
  readonly conditions: readonly Condition[];
  /** The id that the query names, perhaps beside other conditions. */
  readonly namedId: string | undefined;
  /** The ids that the query allows, each once, when it names them. */
  readonly ids: readonly string[] | undefined;
  /** Whether it asks for nothing but ids. */
  readonly onlyIds: boolean;
  /** The fields that have to have one value and those that have to be missing, when that is all the query says. */
  readonly fixed: { readonly equal: readonly string[]; readonly missing: readonly string[] } | undefined;
  /** The fields that the query fixes to a value, for the document that an upsert creates. */
  readonly equalities: ReadonlyMap<string, unknown>;
}

/** Compiles an id or a query. Refuses what the documented language does not have. */
export function compileQuery(idOrQuery: unknown): CompiledQuery {
  if (typeof idOrQuery === 'string') return queryById(idOrQuery);
  if (!isRecord(idOrQuery)) throw new ArgumentError('An id (string) or a query (object) is needed');
  return simpleQuery(idOrQuery) ?? compilePlain(translateQuery(idOrQuery));
}

function queryById(id: string): CompiledQuery {
  return {
    matches: ({ _id }) => _id === id,
    excludes: () => false,
    fields: ['_id'],
    conditions: [{ field: '_id', kind: 'equal', values: [id] }],
    namedId: id,
    ids: [id],
    onlyIds: true,
    fixed: undefined,
    equalities: new Map([['_id', id]]),
  };
}

function compilePlain(plain: PlainQuery): CompiledQuery {
  const required = requiredConditions(plain);
  const conditions = required.flatMap(([field, operators]) => plannable(field, operators));
  const equalities = new Map(
    required.flatMap(([field, operators]) => ('$eq' in operators ? [[field, operators.$eq] as const] : [])),
  );
  const id = equalities.get('_id');
  const query = new MingoQuery(plain, { context: queryContext, scriptEnabled: false });
  return {
    matches: (document) => query.test(document),
    excludes: () => false,
    fields: undefined,
    conditions,
    namedId: typeof id === 'string' ? id : undefined,
    ids: idsOf(conditions),
    onlyIds: false,
    // What an index decides alone is what a simple query asks for.
    fixed: undefined,
    equalities,
  };
}

/** The conditions at the top level and inside `$and`: all of them must hold. */
function requiredConditions(plain: PlainQuery): [field: string, operators: Record<string, unknown>][] {
  return Object.entries(plain).flatMap(([field, condition]) => {
    if (field === '$and' && Array.isArray(condition))
      return condition.filter(isRecord).flatMap(requiredConditions);
    return field !== '$or' && isRecord(condition) ? [[field, condition]] : [];
  });
}

function plannable(field: string, operators: Record<string, unknown>): Condition[] {
  const found: Condition[] = [];
  const { $eq, $in, $exists, $startsWith } = operators;
  if ('$eq' in operators && isScalar($eq)) found.push({ field, kind: 'equal', values: [$eq] });
  if (Array.isArray($in) && $in.every(isScalar)) found.push({ field, kind: 'equal', values: $in });
  if ($exists === false) found.push({ field, kind: 'equal', values: [null] });
  if (operators.$ne === null) found.push({ field, kind: 'notNull' });
  if (typeof $startsWith === 'string') found.push({ field, kind: 'prefix', text: $startsWith });
  const lower = bound(operators.$gt, false) ?? bound(operators.$gte, true);
  const upper = bound(operators.$lt, false) ?? bound(operators.$lte, true);
  if (lower && upper && typeof lower.value === typeof upper.value) {
    found.push({ field, kind: 'range', lower, upper });
  } else if (lower) found.push({ field, kind: 'range', lower });
  else if (upper) found.push({ field, kind: 'range', upper });
  return found;
}

function bound(value: unknown, inclusive: boolean): Bound | undefined {
  return typeof value === 'number' || typeof value === 'string' ? { value, inclusive } : undefined;
}

/** The JSON values that the query fixes, without `_id`. */
export function fixedFields(query: CompiledQuery): [path: string, value: unknown][] {
  return [...query.equalities]
    .filter(([field]) => field !== '_id')
    .map(([field, value]) => [field, toJson(value)]);
}
