import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';

const packageSchema = v.object({
  name: v.string(),
  dependencies: v.record(v.string(), v.string()),
  devDependencies: v.record(v.string(), v.string()),
});

const readPackage = (folder: string) =>
  v.parse(packageSchema, JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
const app = readPackage('.');
const local = readPackage('local');

interface Import {
  readonly file: string;
  readonly name: string;
}

/** What the modules below the folders import, load or resolve: `import`, `import()` and `resolve()`. */
function importsIn(...folders: string[]): Import[] {
  const statement = /(?:\bfrom |\bimport |\bimport\(|[^.\w]require\(|[\w)]\.resolve\()'([^'$]+)'/g;
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !file.includes('node_modules'))
      .flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(statement)].flatMap(([, name]) =>
          name ? [{ file, name }] : [],
        ),
      ),
  );
}

const isTest = (file: string) => /\.test\.ts$|^local\/test\//.test(file);
const packageOf = (name: string) => name.split('/', name.startsWith('@') ? 2 : 1).join('/');
/** The packages that are imported without being in one of the lists. */
function undeclared(imports: readonly Import[], ...declared: Readonly<Record<string, string>>[]): string[] {
  return imports
    .filter(({ name }) => /^@?[a-z]/.test(name) && !isBuiltin(name))
    .filter(({ name }) => !declared.some((list) => packageOf(name) in list))
    .map(({ file, name }) => `${file} imports ${name}`);
}

describe('the package of the local space', () => {
  const imports = importsIn('local');
  const sources = imports.filter(({ file }) => !isTest(file));

  it('imports only packages that it declares', () => {
    expect(sources.length).toBeGreaterThan(300);
    expect(undeclared(sources, local.dependencies)).toEqual([]);
    expect(undeclared(imports, local.dependencies, local.devDependencies)).toEqual([]);
  });

  it('imports no file from outside of it', () => {
    const outside = imports
      .filter(({ name }) => name.startsWith('.'))
      .filter(({ file, name }) => relative('local', resolve(dirname(file), name)).startsWith('..'))
      .map(({ file, name }) => `${file} imports ${name}`);
    expect(outside).toEqual([]);
  });

  it('mentions Mailgun nowhere', () => {
    const files = readdirSync('local', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !file.includes('node_modules'));
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((file) => /mailgun/i.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});

describe('the package of the app', () => {
  it('declares what the app, its tools and its tests import', () => {
    expect(undeclared(importsIn('src', 'tools'), app.dependencies, app.devDependencies)).toEqual([]);
    expect(undeclared(importsIn('test', 'docs'), app.dependencies, app.devDependencies)).toEqual([]);
  });

  it('has the same version of a package as the local space', () => {
    const both = { ...local.dependencies, ...local.devDependencies };
    const others = Object.entries({ ...app.dependencies, ...app.devDependencies })
      .filter(([name, range]) => name in both && both[name] !== range)
      .map(([name]) => name);
    expect(others).toEqual([]);
  });
});
