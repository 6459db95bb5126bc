import type { httpRequest, httpResponse } from 'codehooks-js';
import * as v from 'valibot';
import { withWellFormedTexts } from '../events/text';
import { log, reasonOf } from '../log';
import { type Connection, connect } from '../store/connection';
import { OtherData } from '../store/data-version';

/** A request that cannot be answered; `detail` is a sentence for its sender. */
export class ApiError extends Error {
  constructor(
    readonly status: 400 | 404 | 503,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

type Answer = Record<string, unknown>;
type RouteHandler = (request: httpRequest, response: httpResponse) => Promise<void>;

/**
 * What every answer of the API says to what stands between us and its reader: it is one reader's own, so nothing keeps
 * it, takes it for something else than it says, or shows it to a page of another origin. The platform lets every
 * origin read what does not name one; ours needs no permission, and `.invalid` is nobody's (RFC 2606).
 */
const ownReaderOnly = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'access-control-allow-origin': 'https://no-other-origin.invalid',
} as const;

/** Makes a route of a function that answers by itself, so that nothing thrown reaches the platform. */
export function answerErrors(
  handler: (connection: Connection, request: httpRequest, response: httpResponse) => Promise<void>,
): RouteHandler {
  return async (request, response) => {
    for (const [name, value] of Object.entries(ownReaderOnly)) response.set(name, value);
    try {
      await handler(await connect(), request, response);
    } catch (error) {
      const [status, body] = errorAnswer(error, request);
      response.status(status).json(body);
    }
  };
}

/** Makes a route of a function that returns the JSON to answer. It takes the parameters of a schema in its query. */
export function routeWithQuery<Parameters extends v.GenericSchema>(
  parameters: Parameters,
  handler: (
    connection: Connection,
    request: httpRequest,
    query: v.InferOutput<Parameters>,
  ) => Promise<Answer>,
): RouteHandler {
  return answerErrors(async (connection, request, response) => {
    const query = parseInput(parameters, request.query);
    response.json(await handler(connection, request, query));
  });
}

/** Makes a route of a function that returns the JSON to answer. It takes no parameters in its query. */
export function route(
  handler: (connection: Connection, request: httpRequest) => Promise<Answer>,
): RouteHandler {
  return routeWithQuery(v.strictObject({}), handler);
}

/** The pattern of a request's route: what stands in its parameters is a person's address as a rule, and is not logged. */
function patternOf({ apiPath, params }: httpRequest): string {
  const names = new Map(Object.entries(params ?? {}).map(([name, value]) => [decoded(String(value)), name]));
  return apiPath
    .split('/')
    .map((segment) => {
      const name = names.get(decoded(segment));
      return name === undefined ? segment : `:${name}`;
    })
    .join('/');
}

function errorAnswer(error: unknown, request: httpRequest): [status: number, body: Answer] {
  if (error instanceof ApiError) return [error.status, { error: error.code, detail: error.message }];
  if (error instanceof OtherData) return [503, { error: 'not_configured', detail: error.message }];
  log.error('api failed', { route: patternOf(request), error: reasonOf(error) });
  return [
    503,
    { error: 'unavailable', detail: 'The data cannot be read at the moment. Try again in a minute.' },
  ];
}

/**
 * Parses the query string or a body by a schema.
 * @throws ApiError 400 that names the parameter
 */
export function parseInput<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, withWellFormedTexts(input ?? {}));
  if (result.success) return result.output;
  const [issue] = result.issues;
  const name = v.getDotPath(issue) ?? 'input';
  throw new ApiError(400, 'invalid_parameter', `The parameter ${name} is not accepted: ${issue.message}`);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/**
 * A parameter of the path. Whether the platform decodes it is unknown, so what is still encoded is decoded.
 *
 * Not every name gets through a URL: `.` and `..` are steps, however they are encoded, and what is decoded once too often
 * loses its percent signs and slashes. Such a name comes as `~` and its UTF-8 in base64url.
 */
export function pathParameter(request: httpRequest, name: string): string {
  const value = decoded(String(request.params?.[name] ?? ''));
  const code = /^~([\w-]+)$/.exec(value)?.[1] ?? '';
  const text = Buffer.from(code, 'base64url').toString();
  return text !== '' && Buffer.from(text).toString('base64url') === code ? text : value;
}
