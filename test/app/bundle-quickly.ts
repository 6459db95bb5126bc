import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles an app by esbuild, for tests of what the app does and not of how it is compiled. The compiler of the CLI checks
 * types as well and takes a hundred times as long; `compile-once.ts` is where the app is compiled as it is deployed.
 * @param project the folder of the app, with its `index.js` or `index.ts`
 * @param outfile where the bundle goes
 * @returns `outfile`
 */
export async function bundleQuickly(project: string, outfile: string): Promise<string> {
  await build({
    absWorkingDir: project,
    entryPoints: [join(project, 'index')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'iife',
    globalName: 'EntryPoint',
    legalComments: 'none',
  });
  return outfile;
}
