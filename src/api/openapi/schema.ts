/** The part of OpenAPI's schemas that this API needs. */
export type Schema = {
  type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';
  format?: string;
  description?: string;
  nullable?: boolean;
  enum?: (string | null)[];
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  default?: string | number | boolean | null;
  items?: Schema;
  anyOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  example?: unknown;
  $ref?: string;
};

export type Schemas = Record<string, Schema>;

/** The schemas that have a name, each with an example. */
export const components: Schemas = {};

/** Gives a schema a name in the document. @returns what refers to it */
export function component(name: string, schema: Schema): Schema {
  components[name] = { ...schema, example: exampleOf(schema) };
  return { $ref: `#/components/schemas/${name}` };
}

/** A text, with one that it could be. */
export function text(example: string, description?: string): Schema {
  return { type: 'string', example, ...(description && { description }) };
}

/** One of some texts; the first is the example. */
export function oneOf(...values: string[]): Schema {
  return { type: 'string', enum: values, example: values[0] };
}

/** How many of something there are. */
export function count(example: number): Schema {
  return { type: 'integer', minimum: 0, example };
}

export const flag = (example: boolean): Schema => ({ type: 'boolean', example });
export const anything = (example: unknown): Schema => ({ example });

/** A UTC day. */
export const day: Schema = { type: 'string', format: 'date', example: '2026-11-24' };

/** An ISO time in UTC. */
export const time: Schema = { type: 'string', format: 'date-time', example: '2026-11-24T04:10:23.000Z' };

/** A schema that also takes null, for instance as the example of what has not happened. */
export function nullable(schema: Schema, example: unknown = exampleOf(schema)): Schema {
  return { ...schema, ...(schema.enum && { enum: [...schema.enum, null] }), nullable: true, example };
}

export function list(items: Schema): Schema {
  return { type: 'array', items };
}

/** An object with these fields and no others. All of them are there but the optional ones. */
export function object(properties: Schemas, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  // OpenAPI does not take an empty list of required fields.
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/** An object whose names are values, such as days. */
export function map(name: string, values: Schema): Schema {
  return { type: 'object', additionalProperties: values, example: { [name]: exampleOf(values) } };
}

/** What a value of a schema looks like, put together from the examples of its parts. */
export function exampleOf({ example, items, properties, $ref }: Schema): unknown {
  if (example !== undefined) return example;
  if ($ref) return components[$ref.slice($ref.lastIndexOf('/') + 1)]?.example;
  if (items) return [exampleOf(items)];
  return Object.fromEntries(
    Object.entries(properties ?? {}).map(([name, schema]) => [name, exampleOf(schema)]),
  );
}
