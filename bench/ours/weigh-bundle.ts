import { dirname } from 'node:path';
import { build } from 'esbuild';
import { compileVariant, sizeOf } from '../measure/bundles';
import { compileHelloWorld } from './hello-world';

/** Bytes of what is deployed. */
export interface Weight {
  readonly whole: number;
  /** An app that does nothing: what every app carries. */
  readonly helloWorld: number;
  readonly oursWithPage: number;
  readonly oursWithoutPage: number;
  /** Bytes of our part by folder and library, and by module, largest first. */
  readonly folders: readonly Bytes[];
  readonly modules: readonly Bytes[];
}

export type Bytes = readonly [path: string, bytes: number];

/** The module of the page, without a page. */
const noPage = "export const hashes = { script: '', style: '' };\nexport const page = '';\n";

export async function weighBundle(bundle: string): Promise<Weight> {
  const [whole, helloWorld, without] = [
    sizeOf(bundle),
    sizeOf(await compileHelloWorld()),
    sizeOf(await compileVariant({ 'src/dashboard/built.ts': noPage })),
  ];
  return {
    whole,
    helloWorld,
    oursWithPage: whole - helloWorld,
    oursWithoutPage: without - helloWorld,
    ...(await weighModules()),
  };
}

async function weighModules(): Promise<Pick<Weight, 'folders' | 'modules'>> {
  const { metafile } = await build({
    entryPoints: ['index.js'],
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    // In every app; the sum of the rest is what the platform's compiler makes of it, but for some percent.
    external: ['codehooks-js', 'ajv', 'ajv/*'],
    logLevel: 'error',
  });
  const inputs = Object.values(metafile.outputs)[0]?.inputs ?? {};
  const sums = (name: (path: string) => string): Bytes[] => {
    const bytes = new Map<string, number>();
    for (const [path, { bytesInOutput }] of Object.entries(inputs))
      bytes.set(name(path), (bytes.get(name(path)) ?? 0) + bytesInOutput);
    return [...bytes].sort(([, one], [, other]) => other - one);
  };
  return {
    folders: sums((path) => libraryOf(path) ?? dirname(path)),
    modules: sums((path) => libraryOf(path) ?? path),
  };
}

/** The name of the library that a module belongs to; null for one of ours. */
function libraryOf(path: string): string | null {
  return /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1] ?? null;
}
