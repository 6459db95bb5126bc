import { isRecord } from './json';
import type { Bound, CompiledQuery, Condition } from './query';

type Test = (value: unknown) => boolean;

/** What one field of a query asks for: a test of the field's value, and what an index can do. */
interface Asked {
  readonly test: Test;
  readonly conditions: readonly Condition[];
  /** Whether it names the one value of the field, or that the field is missing; null: neither. */
  readonly fixes: 'equal' | 'missing' | null;
}

/**
 * Compiles a query that compares fields at the top of a document with texts, booleans or whole numbers, or asks whether
 * they exist: the commonest queries by far, for which interpreting costs more than reading the document. They answer as
 * mingo does.
 * @returns null for every other query
 */
export function simpleQuery(query: Readonly<Record<string, unknown>>): CompiledQuery | null {
  const tests: [field: string, test: Test][] = [];
  const conditions: Condition[] = [];
  const equalities = new Map<string, unknown>();
  let fixed: { equal: string[]; missing: string[] } | undefined = { equal: [], missing: [] };
  for (const field of Object.keys(query)) {
    if (field.startsWith('$') || field.includes('.') || field in Object.prototype) return null;
    const condition = query[field];
    const asked = isComparable(condition) ? equal(field, condition) : operators(field, condition);
    if (asked === null) return null;
    tests.push([field, asked.test]);
    conditions.push(...asked.conditions);
    if (asked.fixes === null) fixed = undefined;
    else fixed?.[asked.fixes].push(field);
    const [first] = asked.conditions;
    if (asked.fixes === 'equal' && first?.kind === 'equal') equalities.set(field, first.values[0]);
  }
  const id = equalities.get('_id');
  return {
    matches: (document) => tests.every(([field, test]) => test(document[field])),
    excludes: (values) => tests.some(([field, test]) => Object.hasOwn(values, field) && !test(values[field])),
    fields: tests.map(([field]) => field),
    conditions,
    namedId: typeof id === 'string' ? id : undefined,
    ids: idsOf(conditions),
    onlyIds: tests.length === 1 && tests[0]?.[0] === '_id',
    fixed,
    equalities,
  };
}

/** The ids that the conditions allow, each once, when they name them. */
export function idsOf(conditions: readonly Condition[]): string[] | undefined {
  for (const condition of conditions) {
    if (condition.field !== '_id' || condition.kind !== 'equal') continue;
    // Every document has a text for an id: whatever else is asked for matches none.
    return [...new Set(condition.values.filter((value) => typeof value === 'string'))];
  }
  return undefined;
}

function isComparable(value: unknown): value is string | boolean | number {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isInteger(value);
}

function equal(field: string, wanted: string | boolean | number): Asked {
  return {
    test: anyElement((value) => value === wanted),
    conditions: [{ field, kind: 'equal', values: [wanted] }],
    fixes: 'equal',
  };
}

/** An array fits when one of its elements does. */
function anyElement(test: Test): Test {
  return (value) => test(value) || (Array.isArray(value) && value.some(test));
}

function operators(field: string, condition: unknown): Asked | null {
  if (!isRecord(condition)) return null;
  const names = Object.keys(condition);
  const [name] = names;
  if (names.length === 1) {
    const { $eq, $exists, $in } = condition;
    if (name === '$eq') return isComparable($eq) ? equal(field, $eq) : null;
    if (name === '$exists') return typeof $exists === 'boolean' ? existence(field, $exists) : null;
    if (name === '$in') return Array.isArray($in) && $in.every(isComparable) ? oneOf(field, $in) : null;
  }
  return range(field, condition, names);
}

function existence(field: string, exists: boolean): Asked {
  return exists
    ? { test: (value) => value !== undefined, conditions: [], fixes: null }
    : {
        test: (value) => value === undefined,
        conditions: [{ field, kind: 'equal', values: [null] }],
        fixes: 'missing',
      };
}

function oneOf(field: string, values: readonly (string | boolean | number)[]): Asked {
  const wanted = new Set<unknown>(values);
  return {
    test: anyElement((value) => wanted.has(value)),
    conditions: [{ field, kind: 'equal', values }],
    fixes: null,
  };
}

const comparisons: Readonly<Record<string, (value: string, operand: string) => boolean>> = {
  $gt: (value, operand) => value > operand,
  $gte: (value, operand) => value >= operand,
  $lt: (value, operand) => value < operand,
  $lte: (value, operand) => value <= operand,
};

/** Comparisons with texts. Each of them may be met by another element of an array. */
function range(field: string, condition: Record<string, unknown>, names: readonly string[]): Asked | null {
  const tests: Test[] = [];
  let lower: Bound | undefined;
  let upper: Bound | undefined;
  for (const name of names) {
    const compare = Object.hasOwn(comparisons, name) ? comparisons[name] : undefined;
    const operand = condition[name];
    if (compare === undefined || typeof operand !== 'string') return null;
    tests.push(anyElement((value) => typeof value === 'string' && compare(value, operand)));
    const bound = { value: operand, inclusive: name.endsWith('e') };
    if (name.startsWith('$g')) {
      if (lower !== undefined) return null;
      lower = bound;
    } else {
      if (upper !== undefined) return null;
      upper = bound;
    }
  }
  if (tests.length === 0) return null;
  return {
    test: (value) => tests.every((test) => test(value)),
    conditions: [{ field, kind: 'range', ...(lower && { lower }), ...(upper && { upper }) }],
    fixes: null,
  };
}
