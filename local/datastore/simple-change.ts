import type { Json, StoredDocument } from '../connection';
import { toJson } from './json';

/** What an operator does to the value of a field: the new value, `undefined` for none. */
type Step = (value: Json | undefined) => Json | undefined;
type Operand = { readonly [path: string]: unknown };

/**
 * The change that an update makes if all it does is to set and unset fields at the top of a document, to add
 * texts to sets of texts and to pull them from there: the commonest updates by far, in which there is nothing
 * to interpret.
 * @param interpreted the same change by whoever interprets it, for documents that hold something else there
 * @returns null for every other update
 */
export function simpleChange(
  modifier: { readonly [operator: string]: Operand },
  interpreted: (document: StoredDocument) => void,
): ((document: StoredDocument) => void) | null {
  const steps = new Map<string, Step>();
  const lists: string[] = [];
  for (const [operator, operand] of Object.entries(modifier)) {
    for (const [field, value] of Object.entries(operand)) {
      const step = isPlainField(field) && !steps.has(field) ? stepOf(operator, value) : null;
      if (step === null) return null;
      steps.set(field, step);
      if (operator === '$addToSet' || operator === '$pull') lists.push(field);
    }
  }
  return (document) => {
    if (!lists.every((field) => document[field] === undefined || isTexts(document[field]))) {
      interpreted(document);
      return;
    }
    for (const [field, step] of steps) {
      const value = step(document[field]);
      if (value === undefined) delete document[field];
      else document[field] = value;
    }
  };
}

function stepOf(operator: string, operand: unknown): Step | null {
  if (operator === '$set') return () => toJson(operand) ?? null;
  if (operator === '$unset') return () => undefined;
  if (typeof operand !== 'string') return null;
  if (operator === '$addToSet') return (value) => [...new Set([...textsIn(value), operand])];
  if (operator !== '$pull') return null;
  return (value) => value && textsIn(value).filter((text) => text !== operand);
}

/** Whether a path is a field at the top of a document whose name means nothing else. The id never changes. */
export function isPlainField(path: string): boolean {
  return path !== '' && path !== '_id' && !/[.$]/.test(path) && !(path in Object.prototype);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function textsIn(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
