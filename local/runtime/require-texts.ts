import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What `coho compile` inlines as text. */
const extensions = ['.txt', '.html', '.htm', '.css', '.hbs'];

/**
 * Lets modules that are not ES modules import pages and style sheets as strings, as the compiled app does:
 * those of an app whose `package.json` does not say `"type": "module"`.
 */
export function requireTexts(): void {
  const { extensions: loaders } = createRequire(import.meta.url);
  for (const extension of extensions) {
    loaders[extension] = (module, file) => {
      module.exports = readFileSync(file, 'utf8');
    };
  }
}
