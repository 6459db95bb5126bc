import { types } from 'node:util';
import { ArgumentError } from '../database/errors';
import { isRecord, toJson } from '../database/json';

/** A query in which every condition is written with operators: `{field: {$eq: value}}`. */
export type PlainQuery = { [field: string]: unknown };

/**
 * Checks a query of the app and rewrites it for mingo: dates and `$date` become ISO strings (documents
 * hold dates so), regular expressions are compiled, `undefined` and undocumented operators are refused.
 */
export function translateQuery(query: unknown): PlainQuery {
  if (!isRecord(query)) throw new ArgumentError('A query must be an object');
  const plain: PlainQuery = {};
  for (const [field, condition] of Object.entries(query)) {
    assertPath(field);
    if (field === '$and' || field === '$or') plain[field] = branches(field, condition);
    else if (field.startsWith('$')) throw new ArgumentError(`Unknown query operator ${field}`);
    else plain[field] = translateCondition(condition, field);
  }
  return plain;
}

/** Refuses paths that would lead to the prototype of a document. */
export function assertPath(path: string): void {
  if (path.split('.').includes('__proto__')) throw new ArgumentError('A path must not contain __proto__');
}

/** Rewrites what stands beside a field: a value, a regular expression or an object of operators. */
export function translateCondition(condition: unknown, field: string): PlainQuery {
  if (condition === undefined) throw new ArgumentError(`The query compares "${field}" with undefined`);
  if (types.isRegExp(condition)) return { $regex: pattern(condition.source, condition.flags) };
  if (!isRecord(condition) || isDateWrapper(condition)) return { $eq: operand(condition, field) };
  const operators = Object.keys(condition).filter((key) => key.startsWith('$'));
  if (operators.length === 0) return { $eq: operand(condition, field) };
  if (operators.length < Object.keys(condition).length) {
    throw new ArgumentError(`The condition on "${field}" mixes operators and fields`);
  }
  const plain: PlainQuery = {};
  for (const name of operators) {
    if (name === '$options') continue;
    plain[name] = translateOperator(name, condition[name], field, condition.$options);
  }
  return plain;
}

function translateOperator(name: string, value: unknown, field: string, options: unknown): unknown {
  switch (name) {
    case '$eq':
    case '$ne':
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return operand(value, field);
    case '$in':
    case '$nin':
      return list(name, value).map((item) => operandOrPattern(item, field));
    case '$all':
      return list(name, value).map((item) =>
        isRecord(item) && '$elemMatch' in item
          ? elementCondition(item, field)
          : operandOrPattern(item, field),
      );
    case '$exists':
      return Boolean(value);
    case '$regex':
      return types.isRegExp(value)
        ? pattern(value.source, typeof options === 'string' ? options : value.flags)
        : pattern(text(name, value), options);
    case '$startsWith':
    case '$endsWith':
      return text(name, value);
    case '$not':
      return translateCondition(value, field);
    case '$elemMatch':
      return elementCondition({ $elemMatch: value }, field).$elemMatch;
    default:
      throw new ArgumentError(`Unknown query operator ${name}`);
  }
}

function elementCondition(condition: Record<string, unknown>, field: string): { $elemMatch: PlainQuery } {
  const { $elemMatch: element } = condition;
  if (!isRecord(element)) throw new ArgumentError('$elemMatch needs an object');
  const names = Object.keys(element);
  const isQuery = names.every((name) => !name.startsWith('$') || name === '$and' || name === '$or');
  return { $elemMatch: isQuery ? translateQuery(element) : translateCondition(element, field) };
}

function branches(name: string, value: unknown): PlainQuery[] {
  return list(name, value).map(translateQuery);
}

function list(name: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new ArgumentError(`${name} needs an array`);
  return value;
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new ArgumentError(`${name} needs a string`);
  return value;
}

function operandOrPattern(value: unknown, field: string): unknown {
  return types.isRegExp(value) ? pattern(value.source, value.flags) : operand(value, field);
}

function operand(value: unknown, field: string): unknown {
  if (isDateWrapper(value)) return isoDate(value.$date);
  if (Number.isNaN(value)) throw new ArgumentError(`The query compares "${field}" with NaN`);
  if (typeof value === 'number') return value;
  const json = toJson(value);
  if (json === undefined) throw new ArgumentError(`The query compares "${field}" with undefined`);
  return json;
}

function isDateWrapper(value: unknown): value is { $date: unknown } {
  return isRecord(value) && Object.keys(value).length === 1 && '$date' in value;
}

function isoDate(value: unknown): string {
  const date = new Date(types.isDate(value) || typeof value === 'number' ? Number(value) : String(value));
  if (Number.isNaN(date.getTime())) throw new ArgumentError('$date needs a date');
  return date.toISOString();
}

/** Without `g` and `y`, which would make a match depend on the one before. */
function pattern(source: string, flags: unknown): RegExp {
  try {
    return new RegExp(source, typeof flags === 'string' ? flags.replace(/[gy]/g, '') : '');
  } catch (error) {
    throw new ArgumentError(`$regex is not a regular expression: ${source}`, { cause: error });
  }
}
