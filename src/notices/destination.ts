import * as v from 'valibot';
import { destinationKinds, type Endpoint, endpoint } from './endpoint';
import { type Filter, filter } from './filter';

/** A destination without what must stay secret: who wants what, and how its owner knows it. */
export const destination = v.object({
  id: v.string(),
  name: v.string(),
  kind: v.picklist(destinationKinds),
  /** Of its URL, or the domain of its first address. */
  host: v.string(),
  /** The last four characters of its URL, by which owners tell two apart; null where they would say too much. */
  ending: v.nullable(v.string()),
  filter,
  /** ISO; null of one that the settings name. */
  createdAt: v.nullable(v.string()),
  source: v.picklist(['api', 'settings']),
});
export type Destination = v.InferOutput<typeof destination>;

const named = v.looseObject({
  name: v.pipe(
    v.string('it must be a text.'),
    v.trim(),
    v.nonEmpty('it must not be empty.'),
    v.maxLength(100),
  ),
  filter: v.optional(filter, {}),
});

/** What somebody enters as a destination. */
export interface Entry {
  readonly name: string;
  readonly filter: Filter;
  readonly endpoint: Endpoint;
}

/** A destination as its owner writes it: a name, a filter, and beside them the fields of its endpoint. */
export const entry = v.pipe(
  named,
  v.rawTransform(({ dataset, addIssue, NEVER }): Entry => {
    const { name, filter, ...rest } = dataset.value;
    const parsed = v.safeParse(endpoint, rest);
    if (parsed.success) return { name, filter, endpoint: parsed.output };
    const [issue] = parsed.issues;
    addIssue({ message: issue.message, ...(issue.path && { path: issue.path }) });
    return NEVER;
  }),
);
