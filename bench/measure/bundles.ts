import { cpSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { compileBundle } from '../../local/runtime/compile-bundle';
import { makeFolder } from './folder';

/** What the compiler needs of this project. */
const parts = ['src', 'index.js', 'package.json', 'tsconfig.json', 'config.json'];

/** Compiles this app as it would be deployed, with some of its files written otherwise. */
export async function compileVariant(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const project = makeFolder('project');
  for (const part of parts) cpSync(part, join(project, part), { recursive: true });
  symlinkSync(resolve('node_modules'), join(project, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  return compileBundle(project, join(project, 'bundle.js'));
}

export function sizeOf(file: string): number {
  return statSync(file).size;
}
