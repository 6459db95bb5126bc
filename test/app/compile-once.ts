import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { compileBundle } from '../../local/runtime/compile-bundle';

declare module 'vitest' {
  interface ProvidedContext {
    /** The app as the real `coho compile` makes it. */
    bundleFile: string;
  }
}

/** Compiles the app once for all test files. */
export default async function compileOnce(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'app-bundle-'));
  project.provide('bundleFile', await compileBundle(process.cwd(), join(folder, 'bundle.js')));
  return () => rm(folder, { recursive: true, force: true });
}
