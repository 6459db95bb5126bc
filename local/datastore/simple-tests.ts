import type { StoredDocument } from '../connection';
import { isRecord } from './json';
import type { PlainQuery } from './translate';

type Test = (document: StoredDocument) => boolean;

/**
 * The tests of a query that only compares fields at the top of a document with a text, a boolean or a whole
 * number, or asks whether they exist: the commonest queries by far, for which interpreting costs more than
 * reading the document. They answer as mingo does.
 * @returns null for every other query
 */
export function simpleTests(plain: PlainQuery): Test[] | null {
  const tests: Test[] = [];
  for (const [field, condition] of Object.entries(plain)) {
    const test = simpleTest(field, condition);
    if (test === null) return null;
    tests.push(test);
  }
  return tests;
}

function simpleTest(field: string, condition: unknown): Test | null {
  if (field.startsWith('$') || field.includes('.') || field in Object.prototype || !isRecord(condition)) {
    return null;
  }
  const [name, ...others] = Object.keys(condition);
  if (others.length > 0) return null;
  if (name === '$exists') {
    return condition.$exists === true
      ? (document) => document[field] !== undefined
      : (document) => document[field] === undefined;
  }
  const { $eq: wanted } = condition;
  if (
    name !== '$eq' ||
    (typeof wanted !== 'string' && typeof wanted !== 'boolean' && !Number.isInteger(wanted))
  ) {
    return null;
  }
  return (document) => {
    const value = document[field];
    // An array matches by any of its elements.
    return value === wanted || (Array.isArray(value) && value.some((element) => element === wanted));
  };
}
