import type { httpRequest, httpResponse } from 'codehooks-js';
import * as v from 'valibot';
import { log, reasonOf } from '../log';
import { type Connection, connect } from '../store/connection';
import { OtherData } from '../store/data-version';

/** A request that cannot be answered; `detail` is a sentence for whoever sent it. */
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

/** Makes a route of a function that answers by itself, so that nothing thrown reaches the platform. */
export function answerErrors(
  handler: (connection: Connection, request: httpRequest, response: httpResponse) => Promise<void>,
): RouteHandler {
  return async (request, response) => {
    try {
      await handler(await connect(), request, response);
    } catch (error) {
      const [status, body] = errorAnswer(error, request.apiPath);
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

function errorAnswer(error: unknown, path: string): [status: number, body: Answer] {
  if (error instanceof ApiError) return [error.status, { error: error.code, detail: error.message }];
  if (error instanceof OtherData) return [503, { error: 'not_configured', detail: error.message }];
  log.error('api failed', { path, error: reasonOf(error) });
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
  const result = v.safeParse(schema, input ?? {});
  if (result.success) return result.output;
  const [issue] = result.issues;
  const name = v.getDotPath(issue) ?? 'input';
  throw new ApiError(400, 'invalid_parameter', `The parameter ${name} is not accepted: ${issue.message}`);
}

/** A parameter of the path. Whether the platform decodes it is unknown, so what is still encoded is decoded. */
export function pathParameter(request: httpRequest, name: string): string {
  const value = String(request.params?.[name] ?? '');
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
