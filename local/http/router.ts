import type { AppFunction } from '../runtime/app-function';
import type { Manifest } from '../runtime/manifest';
import { compilePattern, type Pattern } from './pattern';
import { Refusal } from './refusal';

/** A route of the app together with the parameters in the request's path. */
export interface MatchedRoute {
  functions: readonly AppFunction[];
  params: Record<string, string>;
}

interface Route {
  verb: string;
  pattern: Pattern;
  functions: readonly AppFunction[];
}

interface Middleware {
  pattern: Pattern | null;
  run: AppFunction;
}

/** Finds what the app registered for a path. In every list the first match in order of registration wins. */
export class Router {
  readonly #routes: readonly Route[];
  readonly #authHooks: readonly Route[];
  readonly #middleware: readonly Middleware[];

  constructor(manifest: Manifest) {
    this.#routes = Object.entries(manifest.routehooks).map(([key, functions]) => {
      const space = key.indexOf(' ');
      return { verb: key.slice(0, space), pattern: compilePattern(key.slice(space + 1)), functions };
    });
    this.#authHooks = Object.entries(manifest.authhooks).map(([key, functions]) => {
      return { verb: '*', pattern: compilePattern(key), functions };
    });
    this.#middleware = manifest.globalhooks.map((hook) => {
      if (typeof hook === 'function') {
        return { pattern: null, run: hook };
      }
      return { pattern: compilePattern('path' in hook ? hook.path : hook.regex), run: hook.func };
    });
  }

  /**
   * The route for a request; HEAD is served by the GET route.
   * @throws {Refusal} 400 if a parameter is not valid percent-encoding.
   */
  route(method: string, path: string): MatchedRoute | null {
    const verb = method === 'HEAD' ? 'GET' : method;
    for (const route of this.#routes) {
      if (route.verb === verb || route.verb === '*') {
        const encoded = route.pattern(path);
        if (encoded !== null) {
          return { functions: route.functions, params: decodeParameters(encoded) };
        }
      }
    }
    return null;
  }

  /** The functions of the first auth hook that covers the path. */
  authHook(path: string): readonly AppFunction[] | null {
    return this.#authHooks.find(({ pattern }) => pattern(path) !== null)?.functions ?? null;
  }

  /** The middleware that a path passes, in order. */
  middleware(path: string): AppFunction[] {
    return this.#middleware
      .filter(({ pattern }) => pattern === null || pattern(path) !== null)
      .map(({ run }) => run);
  }
}

function decodeParameters(encoded: Readonly<Record<string, string>>): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(encoded)) {
    try {
      params[name] = decodeURIComponent(value ?? '');
    } catch {
      throw new Refusal(400, 'bad_request', `The path parameter "${name}" is not valid percent-encoding.`);
    }
  }
  return params;
}
