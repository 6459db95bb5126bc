import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { Reasons } from './fold';
import { idOf, type Suppression, suppression } from './suppression';

const text = v.optional(v.nullable(v.string()), null);

export const change = v.object({
  /** The same however often the change is told. */
  id: v.string(),
  /** When it was written, ISO. */
  at: v.string(),
  /** The address; null after its person was erased. */
  email: text,
  kind: v.picklist(['added', 'changed', 'lifted']),
  /** As it is now; of what was lifted, as it was. */
  suppression,
  by: text,
  why: text,
});

/** One change of one suppression of an address. */
export type Change = v.InferOutput<typeof change>;

/** What has become of the suppressions of an address. */
export function changesBetween(
  before: Reasons & { email: string },
  after: Reasons,
  note: Pick<Change, 'at' | 'by' | 'why'>,
): Change[] {
  const old = new Map(before.suppressions.map((one) => [idOf(one), one]));
  const now = new Map(after.suppressions.map((one) => [idOf(one), one]));
  const changeOf = (kind: Change['kind'], one: Suppression): Change => ({
    id: randomUUID(),
    email: before.email,
    kind,
    suppression: one,
    ...note,
  });
  return [
    ...[...now].flatMap(([id, one]) => {
      const former = old.get(id);
      if (former === undefined) return [changeOf('added', one)];
      return JSON.stringify(former) === JSON.stringify(one) ? [] : [changeOf('changed', one)];
    }),
    ...[...old].flatMap(([id, one]) => (now.has(id) ? [] : [changeOf('lifted', one)])),
  ];
}
