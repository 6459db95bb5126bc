import type { Codehooks } from 'codehooks-js';
import * as v from 'valibot';
import { components } from './schema';

const specPath = '/openapi.json';
const pagePath = '/docs';

const config = {
  specPath,
  info: {
    title: 'Mailgun webhook handler',
    version: '1',
    description:
      'Times are ISO in UTC, days are UTC days. Rates are shares from 0 to 1, null where there is nothing to divide by. A list answers `items` and `next`, the `cursor` of its next page.',
  },
  // Beside the document itself: a space is served below its name or, with a domain of its own, at the root.
  servers: [{ url: '.' }],
  security: [{ apiKey: [] }, { bearerAuth: [] }],
  components: { schemas: components },
  // The route that refuses all methods but POST is no operation; the platform would call it a GET.
  filter: ({ method, path }: { method: string; path: string }) =>
    method !== 'get' || path !== '/mailgun/events',
  // Nobody else is told of the document.
  swaggerUi: { validatorUrl: null },
};

const handlers = v.array(v.function());

/**
 * Serves the document of all routes at `/openapi.json` and a page of it at `/docs`, both open to everybody. The
 * platform makes them; its page looks for the document at the root of the host, where it is not when the space
 * is served below its name, so that it is told to look beside itself.
 */
export function installDocumentation(app: Codehooks): void {
  app.openapi(config, pagePath);
  const [platformPage] = v.parse(handlers, Reflect.get(app.routes, `GET ${pagePath}`));
  app.get(pagePath, (request, response) => {
    const beside = request.path.endsWith('/') ? '..' : '.';
    return platformPage?.(request, {
      set: (name: string, value: string) => response.set(name, value),
      send: (page: string) => response.send(page.replace(`"${specPath}"`, `"${beside}${specPath}"`)),
    });
  });
}
