import type { httpRequest, httpResponse } from 'codehooks-js';
import * as v from 'valibot';
import type { Connection } from '../store/connection';
import { writeCsv } from './csv';
import { pageParameters, readAll, readPage, type Selection } from './page';
import { answerErrors, parseInput } from './route';

/** A list of the API: its own parameters, which documents it shows and how. */
export interface List<Parameters extends v.ObjectEntries> {
  parameters: Parameters;
  select: (
    input: v.InferOutput<v.StrictObjectSchema<Parameters, undefined>>,
  ) => Selection | Promise<Selection>;
  present: (document: object) => object;
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

async function* presented(
  connection: Connection,
  selection: Selection,
  present: (document: object) => object,
): AsyncGenerator<object> {
  for await (const document of readAll(connection, selection)) yield present(document);
}

/** Makes the routes of a list: pages of JSON, and the whole of it as CSV. */
export function listRoutes<Parameters extends v.ObjectEntries>({
  parameters,
  select,
  present,
  columns,
}: List<Parameters>): ListRoutes {
  const own = v.strictObject(parameters);
  return {
    columns,
    page: answerErrors(async (connection, request, response) => {
      const { limit, cursor, ...rest } = request.query;
      const selection = await select(parseInput(own, rest));
      const paging = parseInput(pageParameters, { limit, cursor });
      const { documents, next } = await readPage(connection, selection, paging);
      response.json({ items: documents.map(present), next });
    }),
    csv: answerErrors(async (connection, request, response) => {
      const selection = await select(parseInput(own, request.query));
      await writeCsv(response, columns, presented(connection, selection, present));
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
      await writeCsv(response, columns, each(items));
    }),
  };
}
