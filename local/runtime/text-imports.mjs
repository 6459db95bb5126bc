import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** What `coho compile` inlines as text. */
const text = /\.(txt|html?|css|hbs)$/;

/**
 * A module hook of Node.js that imports pages and style sheets as strings, as the compiled app does.
 * @type {import('node:module').LoadHook}
 */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !text.test(url)) {
    return nextLoad(url, context);
  }
  const content = await readFile(fileURLToPath(url), 'utf8');
  return { format: 'module', source: `export default ${JSON.stringify(content)};`, shortCircuit: true };
}
