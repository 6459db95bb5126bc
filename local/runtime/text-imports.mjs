import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What `coho compile` inlines as text. */
const text = /\.(txt|html?|css|hbs)$/;

/**
 * A module hook of Node.js that imports pages and style sheets as strings, as the compiled app does. What is required
 * instead of imported is read by `require-texts.ts`.
 * @type {import('node:module').LoadHookSync}
 */
export function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !text.test(url) || context.conditions?.includes('require')) {
    return nextLoad(url, context);
  }
  const content = readFileSync(fileURLToPath(url), 'utf8');
  return { format: 'module', source: `export default ${JSON.stringify(content)};`, shortCircuit: true };
}
