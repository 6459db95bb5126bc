import { stat } from 'node:fs/promises';
import { AppLoadError } from '../../local/runtime/app-load-error';
import { compileBundle } from '../../local/runtime/compile-bundle';

/** `npm run compile`: compiles the app as `coho deploy` would, into `dist/bundle.js`. */
try {
  const file = await compileBundle(process.cwd(), 'dist/bundle.js');
  console.log(`OK: ${file}, ${(await stat(file)).size} bytes`);
} catch (error) {
  if (!(error instanceof AppLoadError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
