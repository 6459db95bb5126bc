import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleQuickly } from '../../app/bundle-quickly';

const copied = ['index.js', 'package.json', 'config.json', 'tsconfig.json', 'src'];

/** Under this name the compiled app finds the owner's function for all events. */
export const hookName = 'ownerOfTheTorture';

/**
 * Bundles the app of an owner who has a function for every event. It calls the global function
 * {@link hookName} with the name of the hook and the event, so that each case decides what it does.
 * @param folder an empty folder for the copy of the project and the bundle
 * @returns the file of the bundle
 * @throws when `src/hooks.ts` has no place for an owner's code any more
 */
export async function bundleHookedApp(folder: string): Promise<string> {
  const project = join(folder, 'project');
  await mkdir(project, { recursive: true });
  for (const name of copied) await cp(join(process.cwd(), name), join(project, name), { recursive: true });
  await symlink(join(process.cwd(), 'node_modules'), join(project, 'node_modules'));
  const file = join(project, 'src', 'hooks.ts');
  const source = await readFile(file, 'utf8');
  const names = [...source.matchAll(/^ {2}(on\w+)\?\(/gm)].map(([, name]) => name);
  const functions = names.map(
    (name) => `${name}: (event) => Reflect.get(globalThis, '${hookName}')('${name}', event),`,
  );
  const hooked = source.replace('hooks: Hooks = {}', `hooks: Hooks = { ${functions.join('\n')} }`);
  if (names.length === 0 || hooked === source)
    throw new Error('src/hooks.ts is not as the torture knows it.');
  await writeFile(file, hooked);
  return bundleQuickly(project, join(folder, 'hooked.js'));
}
