import * as v from 'valibot';

const schema = v.looseObject({ description: v.optional(v.string()) });
type JsonSchema = v.InferOutput<typeof schema>;

const parameter = v.object({
  name: v.string(),
  in: v.picklist(['query', 'path']),
  description: v.optional(v.string()),
  schema: v.optional(schema, {}),
});
const objectSchema = v.looseObject({
  properties: v.optional(v.record(v.string(), schema), {}),
  required: v.optional(v.array(v.string()), []),
});
const operation = v.looseObject({
  operationId: v.optional(v.string()),
  summary: v.string(),
  description: v.optional(v.string()),
  parameters: v.optional(v.array(parameter), []),
  requestBody: v.optional(
    v.looseObject({
      'x-read-only': v.optional(v.boolean(), false),
      content: v.looseObject({ 'application/json': v.object({ schema: objectSchema }) }),
    }),
  ),
});

/** What is read of the document of a space, `/openapi.json`. */
export const openapiDocument = v.object({
  paths: v.record(v.string(), v.object({ get: v.optional(operation), post: v.optional(v.unknown()) })),
});

/** An operation that only reads, as assistants see it, and how it is asked. */
export interface ReadingTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: {
    readonly type: 'object';
    readonly properties: Readonly<Record<string, JsonSchema>>;
    readonly required: string[];
    readonly additionalProperties: false;
  };
  readonly method: 'GET' | 'POST';
  /** Below the base of the space, with `{names}` of the parameters that stand in it. */
  readonly path: string;
  readonly inPath: readonly string[];
}

/** The schema without what is only for people who read the document. */
function plain({ example: _, ...rest }: JsonSchema): JsonSchema {
  return rest;
}

function toolOf(
  method: ReadingTool['method'],
  path: string,
  { operationId, summary, description, parameters, requestBody }: v.InferOutput<typeof operation>,
): ReadingTool | null {
  if (operationId === undefined || (method === 'POST' && !requestBody?.['x-read-only'])) return null;
  const body = requestBody?.content['application/json'].schema;
  const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
  const fromParameters = parameters.map(({ name, description: words, schema: own }) => [
    name,
    plain({ type: 'string', ...own, ...(words !== undefined && { description: words }) }),
  ]);
  const fromBody = Object.entries(body?.properties ?? {}).map(([name, own]) => [name, plain(own)]);
  return {
    name: operationId,
    title: summary,
    description: description === undefined ? `${summary}.` : `${summary}. ${description}`,
    inputSchema: {
      type: 'object',
      properties: Object.fromEntries([...fromParameters, ...fromBody]),
      required: [...inPath, ...(body?.required ?? [])],
      additionalProperties: false,
    },
    method,
    path,
    inPath,
  };
}

/** The tools that the document of a space makes: its GETs that have a name, and the POSTs that are marked as reading. */
export function toolsOf({ paths }: v.InferOutput<typeof openapiDocument>): ReadingTool[] {
  return Object.entries(paths).flatMap(([path, { get, post }]) => {
    const asked = v.safeParse(operation, post);
    return [
      ...(get === undefined ? [] : [toolOf('GET', path, get)]),
      ...(asked.success ? [toolOf('POST', path, asked.output)] : []),
    ].flatMap((tool) => tool ?? []);
  });
}
