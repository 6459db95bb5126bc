import { $addToSet as addToSet } from 'mingo/operators/update';
import { update as mingoUpdate } from 'mingo/updater';
import type { Json, StoredDocument } from '../connection';
import { ArgumentError } from '../database/errors';
import { isRecord, toJson, toJsonFields } from '../database/json';
import { queryContext } from './operators';
import { assertPath, translateCondition, translateQuery } from './translate';

/** Changes a document that the caller owns, in place. @param isNew whether an upsert has just made it */
export type Change = (document: StoredDocument, isNew?: boolean) => void;

/** What a platform makes of an update. */
export interface UpdateRules {
  /** Whether a dot in `$set`, `$unset` and `$inc` is a part of a field's name, and leads nowhere. */
  readonly hasLiteralPaths: boolean;
  /** Whether there is `$setOnInsert`. */
  readonly knowsInsert: boolean;
}

type Operand = { [path: string]: unknown };

const operators = new Set([
  '$set',
  '$unset',
  '$inc',
  '$push',
  '$pull',
  '$pop',
  '$addToSet',
  '$rename',
  '$pullAll',
]);

/** The operators that create the objects on the way to a field. */
const building = new Set(['$set', '$inc', '$push', '$addToSet']);

/**
 * Reads an update of the app: update operators, or a plain object that is merged into the document
 * (objects deeply, arrays as a whole). `_id` in a plain object or in `$set` is ignored: it never changes.
 */
export function parseUpdate(update: unknown, { hasLiteralPaths, knowsInsert }: UpdateRules): Change {
  if (!isRecord(update)) throw new ArgumentError('An update must be an object');
  if (knowsInsert && '$setOnInsert' in update) {
    const { $setOnInsert, ...rest } = update;
    const rules = { hasLiteralPaths, knowsInsert };
    const [always, first] = [parseUpdate(rest, rules), parseUpdate({ $set: $setOnInsert }, rules)];
    return (document, isNew = false) => {
      if (isNew) first(document);
      always(document);
    };
  }
  const names = Object.keys(update);
  if (!names.some((name) => name.startsWith('$'))) return mergeOf(toJsonFields(update, 'An update'));
  const unknown = names.find((name) => !operators.has(name));
  if (unknown?.startsWith('$')) throw new ArgumentError(`Unknown update operator ${unknown}`);
  if (unknown !== undefined) throw new ArgumentError(`The update mixes operators and the field "${unknown}"`);
  const modifier = Object.fromEntries(names.map((name) => [name, parseOperand(name, update[name])]));
  return hasLiteralPaths ? applyLiterally(modifier) : applyOperators(modifier);
}

/** As {@link applyOperators}, but a dot in these operators is a part of the name of a field at the top. */
function applyLiterally(modifier: { [operator: string]: Operand }): Change {
  const pick = (operand: Operand, isDotted: boolean): Operand =>
    Object.fromEntries(Object.entries(operand).filter(([path]) => path.includes('.') === isDotted));
  const { $set = {}, $unset = {}, $inc = {}, ...others } = modifier;
  const leading = { $set: pick($set, false), $unset: pick($unset, false), $inc: pick($inc, false) };
  const used = Object.entries(leading).filter(([, operand]) => Object.keys(operand).length > 0);
  const rest = applyOperators({ ...others, ...Object.fromEntries(used) });
  const set = setAndUnset(pick($set, true), Object.keys(pick($unset, true)));
  return (document) => {
    rest(document);
    set(document);
    for (const [field, by] of Object.entries(pick($inc, true)))
      document[field] = Number(document[field] ?? 0) + Number(by);
  };
}

/** A change that sets dot paths to values. */
export function setFields(fields: readonly (readonly [path: string, value: unknown])[]): Change {
  return fields.length === 0 ? () => {} : applyOperators({ $set: Object.fromEntries(fields) });
}

function applyOperators(modifier: { [operator: string]: Operand }): Change {
  const { $set = {}, $unset = {}, ...others } = modifier;
  const isPlain = Object.values(modifier).flatMap(Object.keys).every(isPlainField);
  if (isPlain && Object.keys(others).length === 0) return setAndUnset($set, Object.keys($unset));
  // mingo's updater copies all its operators at every call, which takes longer than what it then does.
  if (isPlain && Object.keys(modifier).join() === '$addToSet') return addToSet(modifier.$addToSet ?? {});
  const inherited = Object.entries(modifier).flatMap(([name, operand]) =>
    Object.keys(operand)
      .filter(namesInherited)
      .map((path) => ({ path, builds: building.has(name) })),
  );
  return (document) => {
    const { $rename, ...rest } = modifier;
    // What is not there is not renamed: mingo would take what the document inherits, or nothing, for its value.
    const present = Object.entries($rename ?? {}).filter(([path]) => hasOwnPath(document, path));
    const effective: { [operator: string]: Operand } = { ...rest };
    if (present.length > 0) effective.$rename = Object.fromEntries(present);
    for (const { path, builds } of inherited) ownInherited(document, path, builds);
    mingoUpdate(document, effective, [], {}, { cloneMode: 'deep', queryOptions: { context: queryContext } });
    // What was given an empty field and did not get a value.
    if (inherited.length > 0) replaceWith(document, JSON.parse(JSON.stringify(document)));
  };
}

/** Whether a path is a field at the top of a document whose name means nothing else. The id never changes. */
function isPlainField(path: string): boolean {
  return path !== '_id' && !path.includes('.') && !(path in Object.prototype);
}

/** The commonest changes by far, in which there is nothing to interpret. */
function setAndUnset(fields: Operand, gone: readonly string[]): Change {
  return (document) => {
    // Documents must not share what lies within the values.
    for (const [field, value] of Object.entries(fields)) document[field] = toJson(value) ?? null;
    for (const field of gone) delete document[field];
  };
}

function parseOperand(name: string, operand: unknown): Operand {
  if (!isRecord(operand)) throw new ArgumentError(`${name} needs an object of fields`);
  const parsed: Operand = {};
  for (const [path, value] of Object.entries(operand)) {
    assertFieldPath(path);
    if (name === '$rename') assertFieldPath(String(value));
    if (name === '$set' && path === '_id') continue;
    if (name === '$inc' && typeof value !== 'number') throw new ArgumentError('$inc needs numbers');
    const json = name === '$pull' ? pullCondition(value, path) : toJson(value);
    if (json !== undefined) parsed[path] = json;
    else if (name === '$unset') parsed[path] = '';
  }
  return parsed;
}

function assertFieldPath(path: string): void {
  assertPath(path);
  if (path === '' || path.startsWith('$') || path.includes('.$')) {
    throw new ArgumentError(`"${path}" is no field that an update can name`);
  }
}

function pullCondition(value: unknown, path: string): unknown {
  if (!isRecord(value)) return value instanceof RegExp ? translateCondition(value, path) : toJson(value);
  const isCondition = Object.keys(value).some((key) => key.startsWith('$'));
  return isCondition ? translateCondition(value, path) : translateQuery(value);
}

function mergeOf(patch: { [field: string]: Json }): Change {
  return (document) => {
    const { _id } = document;
    merge(document, patch);
    document._id = _id;
  };
}

function merge(target: { [field: string]: Json }, patch: { [field: string]: Json }): void {
  for (const [field, value] of Object.entries(patch)) {
    const present = Object.hasOwn(target, field) ? target[field] : undefined;
    if (isFields(present) && isFields(value)) merge(present, value);
    else target[field] = structuredClone(value);
  }
}

function isFields(value: Json | undefined): value is { [field: string]: Json } {
  return isRecord(value);
}

function hasOwnPath(document: StoredDocument, path: string): boolean {
  let node: unknown = document;
  for (const step of path.split('.')) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, step)) return false;
    node = Reflect.get(node, step);
  }
  return true;
}

function namesInherited(path: string): boolean {
  return path.includes('.')
    ? path.split('.').some((step) => step in Object.prototype)
    : path in Object.prototype;
}

/**
 * Gives an object own, empty fields where a path names something that all objects inherit (`constructor`,
 * `toString`), since mingo would take the inherited value for the field's.
 */
function ownInherited(document: StoredDocument, path: string, builds: boolean): void {
  let node: unknown = document;
  const steps = path.split('.');
  for (const [at, step] of steps.entries()) {
    if (!isRecord(node)) return;
    if (step in Object.prototype && !Object.hasOwn(node, step)) node[step] = undefined;
    if (builds && at < steps.length - 1) node[step] ??= {};
    node = node[step];
  }
}

function replaceWith(document: StoredDocument, fields: object): void {
  for (const field of Object.keys(document)) Reflect.deleteProperty(document, field);
  Object.assign(document, fields);
}
