import * as v from 'valibot';
import type { FindOptions, Query } from '../../connection';
import { anyObject, objectOf } from '../../database/object-schema';
import type { HostedSpace } from '../../host/hosted-space';
import { AdminError } from '../http/admin-error';
import { answerArray, answerJson } from '../http/answer';
import { decodePercents } from '../http/decode-percents';
import type { AdminCall, AdminEndpoint } from './admin-call';

const amount = v.pipe(v.number(), v.integer(), v.minValue(0));
const fields = objectOf(v.picklist([0, 1]));

/** The header `x-options`. */
const optionsSchema = v.object({
  useIndex: v.optional(v.string()),
  start: v.optional(v.union([v.string(), v.number()])),
  end: v.optional(v.union([v.string(), v.number()])),
  limit: v.optional(amount),
  offset: v.optional(amount),
  reverse: v.optional(v.boolean()),
  enqueue: v.optional(v.string()),
  hints: v.optional(v.object({ fields: v.optional(fields) })),
});

type Options = v.InferOutput<typeof optionsSchema>;

const countHints = v.object({ count: v.optional(v.unknown()), $onlycount: v.optional(v.unknown()) });

/**
 * `GET _A_D_M_query/COLLECTION?q=QUERY&h=HINTS`: what `coho query` and `coho count` do, by their headers.
 * Two names are not collections: `_hooks` is the history of deployments, `_dbmetadata` lists the collections.
 */
export const query: AdminEndpoint = async (call) => {
  const { space, raw, response, collection } = call;
  if (collection === '_hooks') {
    answerJson(response, space.versions.list());
    return;
  }
  if (collection === '_dbmetadata') {
    answerJson(response, [{ collections: describeCollections(space) }]);
    return;
  }
  const { criteria, hints } = readQuery(call);
  const options = parseText('x-options', headerOf(call, 'x-options') ?? '{}', optionsSchema);
  const found = scanOf(criteria, options);
  const { connection } = space;
  const update = headerOf(call, 'x-updatebyquery');
  const replacement = headerOf(call, 'x-replacebyquery');
  if (options.enqueue !== undefined) {
    const told = await connection.enqueueFromQuery(collection, found.query, options.enqueue, found.window);
    answerJson(response, told);
  } else if (raw.headers['x-deletebyquery'] !== undefined) {
    answerJson(response, await connection.removeMany(collection, found.query, found.window));
  } else if (update !== undefined) {
    const change = parseText('--update', update, anyObject);
    answerJson(response, await connection.updateMany(collection, await chosen(call, found), change));
  } else if (replacement !== undefined) {
    const document = parseText('--replace', replacement, anyObject);
    answerJson(response, await connection.replaceMany(collection, await chosen(call, found), document));
  } else if (hints.count !== undefined || hints.$onlycount !== undefined) {
    const counted = { ...found.window, hints: { $onlycount: true } };
    answerJson(response, await connection.getMany(collection, found.query, counted).toArray());
  } else {
    const selected = { ...found.window, hints: { $fields: options.hints?.fields ?? {} } };
    await answerArray(response, connection.getMany(collection, found.query, selected), call.space.log);
  }
};

/** A query with the order and the part of its result that were asked for. */
interface Scan {
  readonly query: Query;
  readonly window: FindOptions;
}

/** An index scan is a range of a field's values in their order; documents without the field are not in it. */
function scanOf(criteria: Query, { useIndex, start, end, limit, offset, reverse }: Options): Scan {
  const window: FindOptions = {
    ...(limit !== undefined && { limit }),
    ...(offset !== undefined && { offset }),
  };
  if (useIndex === undefined) {
    return { query: criteria, window: reverse ? { ...window, sort: { _id: -1 } } : window };
  }
  const range = {
    $exists: true,
    ...(start !== undefined && { $gte: start }),
    ...(end !== undefined && { $lte: end }),
  };
  return {
    query: { $and: [criteria, { [useIndex]: range }] },
    window: { ...window, sort: { [useIndex]: reverse ? -1 : 1 } },
  };
}

/** The query of an update: updates know no window, so that the documents inside of one are named by id. */
async function chosen({ space, collection }: AdminCall, { query, window }: Scan): Promise<Query> {
  if (window.limit === undefined && window.offset === undefined) {
    return query;
  }
  const ids = { ...window, hints: { $fields: { _id: 1 as const } } };
  const documents = await space.connection.getMany(collection, query, ids).toArray();
  return { _id: { $in: documents.map(({ _id }) => _id) } };
}

/** The CLI does not encode `&` and `=` within the query: the last `&h=` ends it. */
function readQuery({ queryString }: AdminCall) {
  const hintsAt = queryString.lastIndexOf('&h=');
  const criteria = hintsAt === -1 ? queryString : queryString.slice(0, hintsAt);
  const hints = hintsAt === -1 ? '{}' : queryString.slice(hintsAt + 3);
  return {
    criteria: parseText('query', decodePercents('query', criteria.replace(/^q=/, '')) || '{}', anyObject),
    hints: parseText('hints', decodePercents('hints', hints) || '{}', countHints),
  };
}

function headerOf({ raw }: AdminCall, name: string): string | undefined {
  const value = raw.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function parseText<T>(name: string, text: string, schema: v.GenericSchema<unknown, T>): T {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  if (parsed.success) {
    return parsed.output;
  }
  throw new AdminError(400, `The value of ${name} cannot be read: ${parsed.issues[0].message}.`);
}

function describeCollections({ storage }: HostedSpace) {
  return storage.describe().map(({ name, created, indexes }) => {
    const byFields = Object.fromEntries(indexes.map((paths) => [paths.join(','), { fields: paths }]));
    return [name, { name, created, indexes: byFields }];
  });
}
