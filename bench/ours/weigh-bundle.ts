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
  /** Bytes by module, largest first; what remains of each when another compiler has minified it. */
  readonly modules: ReadonlyArray<readonly [path: string, bytes: number]>;
}

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
    modules: await weighModules(),
  };
}

async function weighModules(): Promise<Array<[string, number]>> {
  const { metafile } = await build({
    entryPoints: ['index.js'],
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    packages: 'bundle',
    external: ['ajv', 'ajv/*', 'lodash', 'zod', 'yup'],
    logLevel: 'error',
  });
  const [output] = Object.values(metafile.outputs);
  return Object.entries(output?.inputs ?? {})
    .map(([path, { bytesInOutput }]): [string, number] => [nameOf(path), bytesInOutput])
    .reduce<Array<[string, number]>>((sums, [name, bytes]) => {
      const known = sums.find(([other]) => other === name);
      if (known === undefined) sums.push([name, bytes]);
      else known[1] += bytes;
      return sums;
    }, [])
    .sort(([, one], [, other]) => other - one);
}

/** A module of ours by its path, one of a library by the name of the library. */
function nameOf(path: string): string {
  const library = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1];
  return library ?? path;
}
