import { openapi, response } from 'codehooks-js';
import { error, pageOf } from './components';
import { cursor, limit, type Parameter } from './parameters';
import { exampleOf, type Schema, type Schemas, text } from './schema';

type Middleware = ReturnType<typeof openapi>;
type Specification = Parameters<typeof openapi>[0];
type Answer = ReturnType<typeof response>;

/** An operation under `/api`. */
interface Operation {
  /** Its name for programs. Whatever reads JSON has one: assistants' tools are made of these. */
  id?: string;
  tag: string;
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: NonNullable<Specification['requestBody']>;
  /** What is answered when it could be done. */
  answer: Schema;
  contentType?: string;
  /** Why it may be answered with 404. */
  notFound?: string;
}

/** An answer with its example. */
export function answer(description: string, schema: Schema, contentType?: string): Answer {
  const example = schema.$ref ? {} : { example: exampleOf(schema) };
  return response(description, { ...schema, ...example }, contentType);
}

function errorAnswer(description: string, code: string, detail: string): Answer {
  return response(description, { allOf: [error], example: { error: code, detail } });
}

const invalid = errorAnswer(
  'A parameter is not accepted, or there is none of this name.',
  'invalid_parameter',
  'The parameter limit is not accepted: it must be a whole number from 1 to 1000.',
);
const unavailable = errorAnswer(
  'The storage cannot be reached.',
  'unavailable',
  'The data cannot be read at the moment. Try again in a minute.',
);

/** Documents an operation under `/api` with the errors that it can end in. */
export function operation({
  id,
  tag,
  notFound,
  answer: schema,
  contentType,
  parameters = [],
  ...rest
}: Operation): Middleware {
  return openapi({
    ...rest,
    ...(id !== undefined && { operationId: id }),
    tags: [tag],
    parameters,
    responses: {
      200: answer('Done.', schema, contentType),
      400: invalid,
      ...(notFound && { 404: errorAnswer(notFound, 'not_found', notFound) }),
      503: unavailable,
    },
  });
}

/** A list or a table of the API. */
interface Listing {
  id: string;
  tag: string;
  summary: string;
  description?: string;
  parameters?: Parameter[];
  item: Schema;
  /** What the answer says beside the items. */
  more?: Schemas;
}

/** What its routes tell of themselves. */
interface Columns {
  columns: readonly string[];
}

/** Documents a table: its JSON, and its CSV with the same parameters. */
export function table(
  { id, item, more, ...rest }: Listing,
  { columns }: Columns,
  paging: Parameter[] = [],
): { page: Middleware; csv: Middleware } {
  const { summary, parameters = [] } = rest;
  return {
    page: operation({ ...rest, id, parameters: [...parameters, ...paging], answer: pageOf(item, more) }),
    csv: operation({
      ...rest,
      summary: `${summary}, as CSV`,
      answer: text(columns.join()),
      contentType: 'text/csv',
    }),
  };
}

/** Documents a list, which is given in pages. */
export function pages(listing: Listing, columns: Columns): { page: Middleware; csv: Middleware } {
  return table(listing, columns, [limit, cursor]);
}

/** Marks the body of a POST that changes nothing, so that it may be asked like a GET. */
export function readOnly<Body extends object>(requestBody: Body): Body & { 'x-read-only': true } {
  return { ...requestBody, 'x-read-only': true };
}
