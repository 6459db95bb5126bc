import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { readLockFile } from './lock-file';
import { type Age, dependenciesPage } from './page';

/** `npm run dependencies`: writes docs/dependencies.md. Asks npm for the dates of the packages that the project names. */

const published = v.object({ time: v.record(v.string(), v.string()) });
/** What npm lists beside the versions. */
const notVersions = ['created', 'modified'];

async function ageOf(name: string): Promise<Age> {
  const { stdout } = await promisify(execFile)('npm', ['view', name, 'name', 'time', '--json']);
  const { time } = v.parse(published, JSON.parse(stdout));
  const dates = Object.entries(time)
    .filter(([version]) => !notVersions.includes(version))
    .map(([, date]) => date.slice(0, 10))
    .sort();
  return { first: dates[0] ?? '?', last: dates.at(-1) ?? '?' };
}

async function main(): Promise<void> {
  const lock = readLockFile('package-lock.json');
  const ages = new Map<string, Age>();
  for (const { name } of lock.direct) ages.set(name, await ageOf(name));
  writeFileSync('docs/dependencies.md', dependenciesPage(lock, ages, new Date().toISOString().slice(0, 10)));
  console.log(`docs/dependencies.md: ${lock.direct.length} packages.`);
}

main().catch((error: unknown) => {
  console.error(`The dates could not be read from npm: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
