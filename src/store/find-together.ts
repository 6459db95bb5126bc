import * as v from 'valibot';
import { type Connection, everything } from './connection';
import { gather } from './gather';

const named = v.looseObject({ _id: v.string() });

/** Finds a document of a collection by its id, in one call with others that are looked for at the same time. */
export function findTogether(
  collection: string,
): (connection: Connection, id: string) => Promise<object | null> {
  return gather(async (connection, ids) => {
    const query = { _id: { $in: [...new Set(ids)] } };
    const documents = await connection.getMany(collection, query, { limit: everything }).toArray();
    const byId = new Map(documents.map((document) => [v.parse(named, document)._id, document]));
    return (id) => byId.get(id) ?? null;
  });
}
