import { createHash } from 'node:crypto';
import type { Codehooks, httpRequest, httpResponse } from 'codehooks-js';
import * as v from 'valibot';
import { pageHeaders } from '../../page-headers';
import { documentationPage, style } from './docs-page';
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
};

const handlers = v.tuple([v.function()]);

const headers = pageHeaders({ style: `sha256-${createHash('sha256').update(style).digest('base64')}` });

/**
 * Serves the document of all routes at `/openapi.json` and a page of it at `/docs`, both open to everybody. The
 * platform makes the document. Its own page would load scripts of another host into the origin in which the
 * dashboard keeps the API key, so ours takes its place.
 */
export function installDocumentation(app: Codehooks): void {
  app.openapi(config, pagePath);
  const [answerDocument] = v.parse(handlers, Reflect.get(app.routes, `GET ${specPath}`));
  // Routes do not change while the app runs, and anybody may ask as often as he likes.
  const made = new Map<string, string>();
  app.get(pagePath, async (request: httpRequest, response: httpResponse) => {
    const documentUrl = `${request.path.endsWith('/') ? '..' : '.'}${specPath}`;
    let page = made.get(documentUrl);
    if (page === undefined) {
      let document: unknown;
      await answerDocument(request, {
        set: () => undefined,
        json: (answered: unknown) => {
          document = answered;
        },
      });
      page = documentationPage(document, documentUrl);
      made.set(documentUrl, page);
    }
    response.headers(headers);
    response.send(page);
  });
}
