import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { compileBundle } from '../../local/runtime/compile-bundle';

declare module 'vitest' {
  interface ProvidedContext {
    /** The app as the real `coho compile` makes it. */
    bundleFile: string;
  }
}

const folder = join('node_modules', '.cache', 'app-bundle');

/** A text that changes with everything that the compiler reads. */
function hashOfSources(): string {
  const hash = createHash('sha256');
  const sources = readdirSync('src', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const others = ['index.js', 'package.json', 'package-lock.json', 'tsconfig.json', 'config.json'];
  for (const file of [...others, ...sources])
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/**
 * Compiles the app once for all test files. The compiler checks types too and takes far longer than most tests, so the bundle
 * is kept until a source changes.
 */
export default async function compileOnce(project: TestProject): Promise<void> {
  const file = join(process.cwd(), folder, `${hashOfSources()}.js`);
  if (!existsSync(file)) {
    rmSync(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await rename(await compileBundle(process.cwd(), `${file}.new`), file);
  }
  project.provide('bundleFile', file);
}
