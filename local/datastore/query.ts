import { Query as MingoQuery } from 'mingo/query';
import type { StoredDocument } from '../connection';
import { ArgumentError } from '../database/errors';
import { isRecord, toJson } from '../database/json';
import { isScalar, type Scalar } from './cells';
import { queryContext } from './operators';
import { type PlainQuery, translateQuery } from './translate';

/** What SQL can do for one field: look values up, or read a range of them. */
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
  /** Whether a document matches, as mingo says. */
  matches(document: StoredDocument): boolean;
  /** Conditions that all must hold, for the planner. They may say less than the query. */
  readonly conditions: readonly Condition[];
  /** Whether the conditions say all that the query says of fields that hold no arrays and objects. */
  readonly isExact: boolean;
  /** Fields of which the query says only that they are missing, which a column cannot tell from null. */
  readonly missing: readonly string[];
  /** The id that the query names, perhaps beside other conditions. */
  readonly namedId: string | undefined;
  /** The ids that the query names, perhaps beside other conditions: nothing else can match. */
  readonly namedIds: readonly string[] | undefined;
  /** Whether it names ids and says nothing else. */
  readonly isOnlyIds: boolean;
  /** The fields that the query fixes to a value, for the document that an upsert creates. */
  readonly equalities: ReadonlyMap<string, unknown>;
}

/** Compiles an id or a query. Refuses what the documented language does not have. */
export function compileQuery(idOrQuery: unknown): CompiledQuery {
  if (typeof idOrQuery === 'string') return queryById(idOrQuery);
  if (!isRecord(idOrQuery)) throw new ArgumentError('An id (string) or a query (object) is needed');
  const plain = translateQuery(idOrQuery);
  const required = requiredConditions(plain);
  const read = required.map(([field, operators]) => readOperators(field, operators));
  const equalities = new Map(
    required.flatMap(([field, operators]) => ('$eq' in operators ? [[field, operators.$eq] as const] : [])),
  );
  const id = equalities.get('_id');
  const conditions = read.flatMap(({ conditions }) => conditions);
  const isExact = !hasBranches(plain) && read.every((field) => field.isExact);
  const namedIds = namedIdsOf(conditions);
  let mingo: MingoQuery | undefined;
  return {
    matches(document) {
      // Most queries are decided by SQL and never get here.
      mingo ??= new MingoQuery(plain, { context: queryContext, scriptEnabled: false });
      return mingo.test(document);
    },
    conditions,
    isExact,
    missing: required.filter(([, operators]) => isMissing(operators)).map(([field]) => field),
    namedId: typeof id === 'string' ? id : undefined,
    namedIds,
    isOnlyIds: namedIds !== undefined && isExact && conditions.length === 1,
    equalities,
  };
}

function queryById(id: string): CompiledQuery {
  return {
    matches: ({ _id }) => _id === id,
    conditions: [{ field: '_id', kind: 'equal', values: [id] }],
    isExact: true,
    missing: [],
    namedId: id,
    namedIds: [id],
    isOnlyIds: true,
    equalities: new Map([['_id', id]]),
  };
}

function namedIdsOf(conditions: readonly Condition[]): readonly string[] | undefined {
  for (const condition of conditions) {
    if (condition.field !== '_id' || condition.kind !== 'equal') continue;
    const ids = condition.values.filter((value) => typeof value === 'string');
    if (ids.length === condition.values.length) return [...new Set(ids)];
  }
  return undefined;
}

type Operators = Record<string, unknown>;

/** The conditions at the top level and inside `$and`: all of them must hold. */
function requiredConditions(plain: PlainQuery): [field: string, operators: Operators][] {
  return Object.entries(plain).flatMap(([field, condition]) => {
    if (field === '$and' && Array.isArray(condition))
      return condition.filter(isRecord).flatMap(requiredConditions);
    return field !== '$or' && isRecord(condition) ? [[field, condition]] : [];
  });
}

function hasBranches(plain: PlainQuery): boolean {
  if ('$or' in plain) return true;
  return Array.isArray(plain.$and) && plain.$and.filter(isRecord).some(hasBranches);
}

function isMissing(operators: Operators): boolean {
  return operators.$exists === false && Object.keys(operators).length === 1;
}

/** What SQL can do about the operators of a field, and whether that is all they say. */
function readOperators(field: string, operators: Operators): { conditions: Condition[]; isExact: boolean } {
  const conditions: Condition[] = [];
  const said = new Set<string>();
  const { $eq, $in, $exists, $startsWith } = operators;
  if ('$eq' in operators && isScalar($eq)) {
    conditions.push({ field, kind: 'equal', values: [$eq] });
    if ($eq !== null) said.add('$eq');
  }
  if (Array.isArray($in) && $in.every(isScalar)) {
    conditions.push({ field, kind: 'equal', values: $in });
    if (!$in.includes(null)) said.add('$in');
  }
  if ($exists === false) {
    conditions.push({ field, kind: 'equal', values: [null] });
    if (isMissing(operators)) said.add('$exists');
  }
  if (operators.$ne === null) {
    conditions.push({ field, kind: 'notNull' });
    said.add('$ne');
  }
  if (typeof $startsWith === 'string') {
    conditions.push({ field, kind: 'prefix', text: $startsWith });
    said.add('$startsWith');
  }
  const range = rangeOf(field, operators, said);
  if (range) conditions.push(range);
  return { conditions, isExact: Object.keys(operators).every((name) => said.has(name)) };
}

function rangeOf(field: string, operators: Operators, said: Set<string>): Condition | undefined {
  const lower = boundOf(operators, '$gt') ?? boundOf(operators, '$gte');
  const upper = boundOf(operators, '$lt') ?? boundOf(operators, '$lte');
  if (!lower && !upper) return undefined;
  const usesUpper = upper && (!lower || typeof lower.value === typeof upper.value);
  if (lower) said.add(lower.inclusive ? '$gte' : '$gt');
  if (usesUpper) said.add(upper.inclusive ? '$lte' : '$lt');
  return { field, kind: 'range', ...(lower && { lower }), ...(usesUpper && { upper }) };
}

function boundOf(operators: Operators, name: string): Bound | undefined {
  const value = operators[name];
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  return { value, inclusive: name.endsWith('e') };
}

/** The JSON values that the query fixes, without `_id`. */
export function fixedFields(query: CompiledQuery): [path: string, value: unknown][] {
  return [...query.equalities]
    .filter(([field]) => field !== '_id')
    .map(([field, value]) => [field, toJson(value)]);
}
