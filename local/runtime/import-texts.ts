import module from 'node:module';
import { load } from './text-imports.mjs';

/**
 * Lets modules import pages and style sheets as strings. Node.js 22.15 and later take hooks in this thread, and 26 warns
 * of the older way; 20 knows only that.
 */
export function importTexts(): void {
  const registerHooks: unknown = Reflect.get(module, 'registerHooks');
  if (typeof registerHooks === 'function') registerHooks({ load });
  else module.register('./text-imports.mjs', import.meta.url);
}
