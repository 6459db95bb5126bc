import type { Manifest } from '../runtime/manifest';

export interface Welcome {
  /** Where the routes are: `http://localhost:3000/dev`. */
  url: string;
  apiKey: string;
  adminToken: string;
  /** What runs: `the sources, src/index.ts`. */
  app: string;
  /** The development key, if the owner has set none of their own. */
  signingKey: string | undefined;
  manifest: Manifest;
  directory: string;
}

/** What `npm start` prints once the space runs. */
export function welcome({ url, apiKey, adminToken, app, signingKey, manifest, directory }: Welcome): string {
  const lines = [`The local space is running, with its data in ${directory}`, ''];
  const add = (label: string, value: string) => lines.push(`  ${label.padEnd(13)}${value}`);
  add('App', app);
  if ('POST /mailgun/events' in manifest.routehooks) {
    add('Webhook URL', `${url}/mailgun/events`);
  } else {
    add('URL', url);
  }
  if ('GET /dashboard' in manifest.routehooks) {
    add('Dashboard', `${url}/dashboard`);
  }
  add('API key', apiKey);
  add('Admin token', `${adminToken}  (npm run coho uses it by itself)`);
  if (signingKey !== undefined) {
    add('Signing key', `${signingKey}  (for development; set MAILGUN_WEBHOOK_SIGNING_KEY to use Mailgun's)`);
  }
  lines.push('', 'Try it in another terminal: npm run simulate');
  return lines.join('\n');
}
