import * as v from 'valibot';

const metadata = v.object({ name: v.string(), default: v.string() });

/**
 * One setting: the environment variable that it is read from, its default as text, and how the text is parsed.
 * `.env.example` and the tables of the documentation are checked against these.
 */
export function setting<Schema extends v.GenericSchema<string, unknown>>(
  name: string,
  fallback: v.InferInput<Schema>,
  schema: Schema,
) {
  return v.pipe(v.optional(schema, fallback), v.metadata({ name, default: fallback }));
}

/** The variable of a setting and its default. */
export function describeSetting(schema: v.GenericSchema): { name: string; default: string } {
  return v.parse(metadata, v.getMetadata(schema));
}

type Table = v.ObjectSchema<v.ObjectEntries, undefined>;

/** The settings, or a sentence that says which variable is wrong. */
export type Result<Settings> = { settings: Settings } | { problem: string };

/**
 * Makes the function that reads a table of settings from the environment. It reads at each call, because nobody says
 * whether the platform fills the environment before or after the app is loaded, and parses only what changed.
 */
export function settingsReader<Schema extends Table>(
  table: Schema,
): (env?: NodeJS.ProcessEnv) => Result<v.InferOutput<Schema>> {
  const fields = Object.entries(table.entries).map(([field, schema]) => ({
    field,
    name: describeSetting(schema).name,
  }));
  let last: { values: ReadonlyArray<string | undefined>; result: Result<v.InferOutput<Schema>> } | undefined;

  const parse = (env: NodeJS.ProcessEnv): Result<v.InferOutput<Schema>> => {
    const parsed = v.safeParse(
      table,
      Object.fromEntries(fields.map(({ field, name }) => [field, env[name]])),
    );
    if (parsed.success) return { settings: parsed.output };
    const [issue] = parsed.issues;
    const wrong = fields.find(({ field }) => field === issue.path?.[0]?.key);
    return { problem: `${wrong?.name ?? 'A variable'} ${issue.message}. Set it with coho set-env.` };
  };

  return (env = process.env) => {
    if (last === undefined || fields.some(({ name }, index) => env[name] !== last?.values[index]))
      last = { values: fields.map(({ name }) => env[name]), result: parse(env) };
    return last.result;
  };
}
