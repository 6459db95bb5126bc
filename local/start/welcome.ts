import type { Manifest } from '../runtime/manifest';
import type { DevelopmentSecret, ProjectConfig } from './project-config';

/** A development secret with its value. */
export interface MadeSecret extends DevelopmentSecret {
  readonly value: string;
}

export interface Welcome {
  /** Where the routes are: `http://localhost:3000/dev`. */
  readonly url: string;
  readonly apiKey: string;
  readonly adminToken: string;
  /** What runs: `the sources, src/index.ts`. */
  readonly app: string;
  /** The development secrets that are in use. */
  readonly secrets: readonly MadeSecret[];
  readonly config: ProjectConfig;
  readonly manifest: Manifest;
  readonly directory: string;
}

/** What `npm start` prints once the space runs. */
export function welcome(facts: Welcome): string {
  const { url, apiKey, adminToken, app, secrets, config, manifest, directory } = facts;
  const lines = [`The local space is running, with its data in ${directory}`, ''];
  const add = (label: string, value: string) => lines.push(`  ${label.padEnd(13)}${value}`);
  const urlOf = (route: string) => `${url}${route.slice(route.indexOf('/'))}`;
  const { address, pages, hint } = config;
  add('App', app);
  if (address !== undefined && address.route in manifest.routehooks) add(address.label, urlOf(address.route));
  else add('URL', url);
  for (const { route, label } of pages) if (route in manifest.routehooks) add(label, urlOf(route));
  add('API key', apiKey);
  add('Admin token', `${adminToken}  (npm run coho uses it by itself)`);
  for (const { name, value, note } of secrets)
    add(`${name.charAt(0).toUpperCase()}${name.slice(1)}`, `${value}  (${note})`);
  if (hint !== undefined) lines.push('', hint);
  return lines.join('\n');
}
