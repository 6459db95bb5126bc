import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';

const names = v.optional(v.record(v.string(), v.string()), {});
const entry = v.object({
  version: v.optional(v.string()),
  license: v.optional(v.string()),
  link: v.optional(v.boolean()),
  dev: v.optional(v.boolean()),
  /** Present where it is built for some systems only. */
  os: v.optional(v.array(v.string())),
  dependencies: names,
  optionalDependencies: names,
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
  /** Packages without a licence, by why there is none. */
  readonly withoutLicense: ReadonlyMap<string, number>;
}

const unknown = 'not stated';

/** `licenses` is what packages had before npm knew `license`. */
const manifest = v.object({
  license: v.optional(v.string()),
  licenses: v.optional(v.array(v.object({ type: v.string() })), []),
});

/** The licence by the `package.json` of an installed package, which the lock file has not taken over. */
function installedLicense(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { license, licenses } = v.parse(manifest, JSON.parse(readFileSync(file, 'utf8')));
  return license ?? (licenses.length === 0 ? undefined : licenses.map(({ type }) => type).join(' OR '));
}

type Packages = Readonly<Record<string, v.InferOutput<typeof entry>>>;

/** Why nothing is known of the licence of a package. */
function reasonOf(packages: Packages, path: string): string {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const [parent = ''] =
    Object.entries(packages).find(([, { optionalDependencies }]) => name in optionalDependencies) ?? [];
  return packages[path]?.os === undefined
    ? `\`${name}\` names none`
    : `builds of \`${parent.replace(/^.*node_modules\//, '')}\` for other systems: npm has not installed them here, and the lock file does not say`;
}

/**
 * Reads what is needed, with its licences, from `package-lock.json`, and where that says none from the installed package.
 */
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
  const withoutLicense = new Map<string, number>();
  const add = (to: Map<string, number>, name: string) => to.set(name, (to.get(name) ?? 0) + 1);
  for (const [path, { license, link }] of Object.entries(packages)) {
    if (!path.includes('node_modules/') || link) continue;
    const stated = license ?? installedLicense(join(dirname(file), path));
    add(counts, stated ?? unknown);
    if (stated === undefined) add(withoutLicense, reasonOf(packages, path));
  }
  const licenses = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  return { direct, licenses, withoutLicense };
}
