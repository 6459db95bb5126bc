import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { CannotRun } from '../cannot-run';
import { buildPage, builtFile, maxBytes } from './build-page';

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/**
 * `npm run page`: builds the dashboard into the module that is deployed. `--check` writes nothing and fails
 * when the module is not what the sources give.
 */
async function makePage(): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const { page, module } = await buildPage(process.cwd());
  const bytes = Buffer.byteLength(page);
  if (bytes > maxBytes) {
    throw new CannotRun(
      `The page has ${kilobytes(bytes)}, more than the ${kilobytes(maxBytes)} it may have: make it smaller.`,
    );
  }
  if (values.check) {
    const present = await readFile(builtFile, 'utf8').catch(() => '');
    if (present !== module) {
      throw new CannotRun(`${builtFile} is not what its sources give: run "npm run page" and commit it.`);
    }
    console.log(`OK: ${builtFile} is up to date, the page has ${kilobytes(bytes)}.`);
    return;
  }
  await writeFile(builtFile, module);
  console.log(`OK: ${builtFile}, the page has ${kilobytes(bytes)} of at most ${kilobytes(maxBytes)}.`);
}

try {
  await makePage();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
