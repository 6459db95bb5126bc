import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = new Set<string>();
process.on('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder, which goes with this process. */
export function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `bench-${name.replaceAll(/\W+/g, '-')}-`));
  made.add(folder);
  return folder;
}
