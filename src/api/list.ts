import type { httpRequest, httpResponse } from 'codehooks-js';
import * as v from 'valibot';
import type { Connection } from '../store/connection';
import { readAll, type Selection } from '../store/page';
import type { StoredDocument } from '../store/query';
import { writeCsv } from './csv';
import { pageParameters, readPageAt } from './page';
import { answerErrors, parseInput } from './route';

/** A list of the API: its own parameters, which documents it shows and how. */
export interface List<Parameters extends v.ObjectEntries, Document extends StoredDocument, Parsed> {
  parameters: Parameters;
  select: (input: v.InferOutput<v.StrictObjectSchema<Parameters, undefined>>) => Selection<Document, Parsed>;
  present: (item: Parsed) => object;
  /** Paths of an item's fields that are columns of its CSV. */
  columns: readonly string[];
}

type Handler = (request: httpRequest, response: httpResponse) => Promise<void>;

/** The routes of a list or a table, and the columns of its CSV. */
interface ListRoutes {
  page: Handler;
  csv: Handler;
  columns: readonly string[];
}

async function* presented<Document extends StoredDocument, Parsed>(
  connection: Connection,
  selection: Selection<Document, Parsed>,
  present: (item: Parsed) => object,
): AsyncGenerator<object> {
  for await (const item of readAll(connection, selection)) yield present(item);
}

/** Makes the routes of a list: pages of JSON, and the whole of it as CSV. */
export function listRoutes<Parameters extends v.ObjectEntries, Document extends StoredDocument, Parsed>({
  parameters,
  select,
  present,
  columns,
}: List<Parameters, Document, Parsed>): ListRoutes {
  const own = v.strictObject(parameters);
  return {
    columns,
    page: answerErrors(async (connection, request, response) => {
      const { limit, cursor, ...rest } = request.query;
      const selection = select(parseInput(own, rest));
      const paging = parseInput(pageParameters, { limit, cursor });
      const { items, next } = await readPageAt(connection, selection, paging);
      response.json({ items: items.map(present), next });
    }),
    csv: answerErrors(async (connection, request, response) => {
      const selection = select(parseInput(own, request.query));
      await writeCsv(request, response, columns, presented(connection, selection, present));
    }),
  };
}

/** A table that is small enough for one answer. */
export interface Table<Parameters extends v.ObjectEntries> {
  parameters: Parameters;
  /** Its items, oldest first, and what else the answer says. */
  read: (
    connection: Connection,
    input: v.InferOutput<v.StrictObjectSchema<Parameters, undefined>>,
  ) => Promise<{ items: object[] }>;
  columns: readonly string[];
}

async function* each(items: readonly object[]): AsyncGenerator<object> {
  yield* items;
}

/** Makes the routes of a table: JSON and CSV. */
export function tableRoutes<Parameters extends v.ObjectEntries>({
  parameters,
  read,
  columns,
}: Table<Parameters>): ListRoutes {
  const schema = v.strictObject(parameters);
  return {
    columns,
    page: answerErrors(async (connection, request, response) => {
      response.json({ ...(await read(connection, parseInput(schema, request.query))), next: null });
    }),
    csv: answerErrors(async (connection, request, response) => {
      const { items } = await read(connection, parseInput(schema, request.query));
      await writeCsv(request, response, columns, each(items));
    }),
  };
}
