import * as v from 'valibot';
import { ArgumentError } from '../database/errors';
import { objectOf } from '../database/object-schema';
import type { Sort } from './plan';

/** Which fields a result has: exactly these, or all but these. */
export interface FieldSelection {
  readonly mode: 'include' | 'exclude';
  readonly paths: readonly string[];
  readonly withId: boolean;
}

/** The options of a read, parsed. `limit` is infinite when none was given. */
export interface FindRequest {
  readonly sort: Sort;
  readonly offset: number;
  readonly limit: number;
  readonly fields: FieldSelection | undefined;
  readonly countOnly: boolean;
}

const order = objectOf(v.picklist([1, -1]));
const amount = v.pipe(v.number(), v.integer(), v.minValue(0));
const selection = objectOf(v.union([v.literal(0), v.literal(1), v.boolean()]));

const hints = v.looseObject({
  $fields: v.nullish(selection),
  fields: v.nullish(selection),
  sort: v.nullish(order),
  limit: v.nullish(amount),
  skip: v.nullish(amount),
  offset: v.nullish(amount),
  $onlycount: v.nullish(v.unknown()),
  $count: v.nullish(v.unknown()),
  count: v.nullish(v.unknown()),
});

const findOptions = v.nullish(
  v.looseObject({
    sort: v.nullish(order),
    limit: v.nullish(amount),
    offset: v.nullish(amount),
    reverse: v.nullish(v.boolean()),
    hints: v.nullish(hints),
  }),
);

/** Parses the options of `getMany` and its like; what the hints also say counts when the options are silent. */
export function parseFindOptions(options: unknown): FindRequest {
  const parsed = v.safeParse(findOptions, options);
  if (!parsed.success) throw new ArgumentError(`Options that cannot be read: ${describe(parsed.issues)}`);
  const given = parsed.output ?? {};
  const hinted = given.hints ?? {};
  const sort = Object.entries(given.sort ?? hinted.sort ?? {});
  return {
    sort: given.reverse ? sort.map(([field, way]) => [field, way === 1 ? -1 : 1]) : sort,
    offset: given.offset ?? hinted.offset ?? hinted.skip ?? 0,
    limit: given.limit ?? hinted.limit ?? Number.POSITIVE_INFINITY,
    fields: fieldSelection(hinted.$fields ?? hinted.fields ?? {}),
    countOnly: Boolean(hinted.$onlycount || hinted.$count || hinted.count),
  };
}

function fieldSelection(chosen: Record<string, 0 | 1 | boolean>): FieldSelection | undefined {
  const paths = Object.keys(chosen).filter((path) => path !== '_id');
  const first = paths[0];
  const withId = !Object.hasOwn(chosen, '_id') || Boolean(chosen._id);
  if (first === undefined) {
    if (!Object.hasOwn(chosen, '_id')) return undefined;
    return chosen._id ? { mode: 'include', paths, withId } : { mode: 'exclude', paths, withId };
  }
  const mode = chosen[first] ? 'include' : 'exclude';
  if (paths.some((path) => Boolean(chosen[path]) !== (mode === 'include'))) {
    throw new ArgumentError('$fields either selects fields (1) or omits them (0), not both');
  }
  return { mode, paths, withId };
}

function describe(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues.map((issue) => `${v.getDotPath(issue) ?? 'options'}: ${issue.message}`).join('; ');
}
