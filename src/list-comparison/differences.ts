import * as v from 'valibot';
import type { Connection } from '../store/connection';
import { readPage } from '../store/page';
import { findSubscribers, subscribers } from '../subscribers/subscribers';
import { decidedAt, suppressionsByEntry } from '../suppressions/evidence';
import { idOfEntry, listEntries, mailgunLists, placeOf } from '../suppressions/list-entries';
import { allMail, idOf, type Suppression } from '../suppressions/suppression';
import { readPlaces } from './places';

/** A suppression that only one side has. */
export interface ListDifference {
  email: string;
  list: Suppression['list'];
  domain: string;
  scope: string;
  /** Who has it. */
  side: 'here' | 'mailgun';
}

/** Where a walk through the differences goes on. */
export const differencePosition = v.object({
  side: v.picklist(['here', 'mailgun']),
  after: v.nullable(v.string()),
});
export type DifferencePosition = v.InferOutput<typeof differencePosition>;

/** Documents of one step. */
const pageSize = 250;

const isOnList = (list: Suppression['list']): list is (typeof mailgunLists)[number] =>
  mailgunLists.some((known) => known === list);

/** What we hold and Mailgun's lists, when they were last read, did not. What happened since may be there. */
async function onlyHere(
  connection: Connection,
  after: string | null,
  comparedFrom: ReadonlyMap<string, string>,
) {
  const { items, next } = await readPage(
    connection,
    { collection: subscribers, filter: { doNotEmail: true }, by: '_id', descending: false },
    { limit: pageSize, after: after === null ? null : { value: after, id: after } },
  );
  const wanted = items.flatMap(({ email, suppressions }) =>
    suppressions.flatMap((one) => {
      const { list, domain, scope } = one;
      if (domain === null || !isOnList(list) || !(scope === allMail || scope.startsWith('tag:'))) return [];
      const from = comparedFrom.get(placeOf({ domain, list }));
      return from === undefined || decidedAt(one) >= from ? [] : [{ email, list, domain, scope }];
    }),
  );
  const ids = [...new Set(wanted.map((one) => idOfEntry({ ...one, address: one.email })))];
  const found = new Map((await listEntries.findAll(connection, ids)).map((entry) => [entry._id, entry]));
  const differences = wanted.filter((one) => {
    const entry = found.get(idOfEntry({ ...one, address: one.email }));
    return entry === undefined || !suppressionsByEntry(entry).some((listed) => idOf(listed) === idOf(one));
  });
  return { differences, next: next?.id ?? null };
}

/** What Mailgun's lists held when they were last read, and is not held here: it was lifted, and is there again or still. */
async function onlyAtMailgun(connection: Connection, after: string | null) {
  const { items, next } = await readPage(
    connection,
    { collection: listEntries, filter: { place: { $gt: '' } }, by: '_id', descending: false },
    { limit: pageSize, after: after === null ? null : { value: after, id: after } },
  );
  const known = await findSubscribers(connection, [...new Set(items.map(({ address }) => address))]);
  const held = new Map(known.map(({ email, suppressions }) => [email, new Set(suppressions.map(idOf))]));
  const differences = items.flatMap((entry) =>
    suppressionsByEntry(entry).flatMap((one) =>
      held.get(entry.address)?.has(idOf(one))
        ? []
        : [{ email: entry.address, list: one.list, domain: entry.domain, scope: one.scope }],
    ),
  );
  return { differences, next: next?.id ?? null };
}

/**
 * Does a piece of a walk through everything that only we or only Mailgun suppresses.
 * @returns what was found, and where to go on; null at the end
 */
export async function readDifferences(
  connection: Connection,
  { side, after }: DifferencePosition,
): Promise<{ differences: ListDifference[]; next: DifferencePosition | null }> {
  if (side === 'mailgun') {
    const { differences, next } = await onlyAtMailgun(connection, after);
    return {
      differences: differences.map((one) => ({ ...one, side })),
      next: next === null ? null : { side, after: next },
    };
  }
  const compared = (await readPlaces(connection)).flatMap(({ domain, list, comparedFrom }) =>
    comparedFrom === null || list === 'allow'
      ? []
      : [[placeOf({ domain, list }), comparedFrom] satisfies [string, string]],
  );
  const { differences, next } = await onlyHere(connection, after, new Map(compared));
  return {
    differences: differences.map((one) => ({ ...one, side })),
    next: next === null ? { side: 'mailgun', after: null } : { side, after: next },
  };
}
