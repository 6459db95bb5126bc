import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { StartError } from '../start-error';

/** The files that the space itself keeps secrets in. */
const ownSecrets = ['api key', 'admin token', 'env key'];

const routeSchema = v.strictObject({
  /** The route as the app registers it: `POST /hooks`. */
  route: v.pipe(v.string(), v.regex(/^[A-Z]+ \/\S*$/)),
  label: v.string(),
});

const secretSchema = v.strictObject({
  /** The variable that the app reads. */
  variable: v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]*$/)),
  /** `signing key` is kept in the file `signing-key`, and is `signingKey` in `space.json`. */
  name: v.pipe(
    v.string(),
    v.regex(/^[a-z]+( [a-z]+)*$/),
    v.check((name) => !ownSecrets.includes(name)),
  ),
  prefix: v.optional(v.string(), ''),
  /** What the welcome says beside the value. */
  note: v.string(),
});

const configSchema = v.strictObject({
  secrets: v.optional(v.array(secretSchema), []),
  address: v.optional(routeSchema),
  pages: v.optional(v.array(routeSchema), []),
  hint: v.optional(v.string()),
});

/** A secret that is made once for development, unless the owner sets the variable. */
export type DevelopmentSecret = v.InferOutput<typeof secretSchema>;

/**
 * What a project tells the local space, as `localSpace` in its `package.json`.
 *
 * - `secrets`: variables of the app for which a development secret is made once
 * - `address`: the route whose address the welcome names in the place of the space's own
 * - `pages`: further routes that the welcome names
 * - `hint`: the last line of the welcome
 */
export type ProjectConfig = v.InferOutput<typeof configSchema>;

const packageSchema = v.object({ localSpace: v.optional(configSchema, {}) });

/**
 * Reads the configuration of the project in a folder; an empty one if it has none.
 * @throws {StartError} with a sentence that names what is wrong.
 */
export function readProjectConfig(folder: string): ProjectConfig {
  const file = join(folder, 'package.json');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '{}';
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), packageSchema), text);
  if (parsed.success) return parsed.output.localSpace;
  const [issue] = parsed.issues;
  const place = v.getDotPath(issue);
  throw new StartError(
    place === null
      ? `The file ${file} is not JSON; correct it and start again.`
      : `In ${file}, ${place} cannot be ${issue.received}; local/README.md says what it may be.`,
  );
}

/** The name of a secret as a file: `signing-key`. */
export function fileOf({ name }: DevelopmentSecret): string {
  return name.replaceAll(' ', '-');
}

/** The name of a secret as a field of `space.json`: `signingKey`. */
export function fieldOf({ name }: DevelopmentSecret): string {
  return name.replace(/ ([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
