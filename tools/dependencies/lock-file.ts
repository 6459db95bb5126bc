import { readFileSync } from 'node:fs';
import * as v from 'valibot';

const names = v.optional(v.record(v.string(), v.string()), {});
const entry = v.object({
  version: v.optional(v.string()),
  license: v.optional(v.string()),
  link: v.optional(v.boolean()),
  dev: v.optional(v.boolean()),
  dependencies: names,
  devDependencies: names,
});
const lockSchema = v.object({ packages: v.record(v.string(), entry) });

/** A package that one of the two `package.json` names. */
export interface DirectDependency {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Whether it is needed to run or only to develop and test. */
  readonly use: 'runs' | 'develops';
}

export interface LockFile {
  readonly direct: readonly DirectDependency[];
  /** How many packages there are in all, by licence, the most frequent first. */
  readonly licenses: ReadonlyArray<readonly [license: string, packages: number]>;
}

const unknown = 'not stated';

/** Reads what is installed, with its licences, from `package-lock.json`. */
export function readLockFile(file: string): LockFile {
  const { packages } = v.parse(lockSchema, JSON.parse(readFileSync(file, 'utf8')));
  const folders = ['', 'local'].flatMap((folder) => packages[folder] ?? []);
  const running = new Set(folders.flatMap(({ dependencies }) => Object.keys(dependencies)));
  const developing = folders.flatMap(({ devDependencies }) => Object.keys(devDependencies));
  const direct = [...new Set([...running, ...developing])].sort().map((name): DirectDependency => {
    const { version = '', license = unknown } =
      packages[`local/node_modules/${name}`] ?? packages[`node_modules/${name}`] ?? {};
    return { name, version, license, use: running.has(name) ? 'runs' : 'develops' };
  });
  const counts = new Map<string, number>();
  for (const [path, { license = unknown, link }] of Object.entries(packages))
    if (path.includes('node_modules/') && !link) counts.set(license, (counts.get(license) ?? 0) + 1);
  return { direct, licenses: [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])) };
}
