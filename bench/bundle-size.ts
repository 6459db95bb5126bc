import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileBundle } from '../local/runtime/compile-bundle';

/** An app that answers one route, to see what every Codehooks app weighs. */
const helloWorld = `import { app } from 'codehooks-js';
app.get('/', (req, res) => res.json({ hello: 'world' }));
export default app.init();
`;

/** Size in bytes of the smallest bundle that the CLI makes. */
export async function helloWorldSize(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-hello-'));
  try {
    writeFileSync(join(folder, 'index.js'), helloWorld);
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
    return statSync(await compileBundle(folder, join(folder, 'bundle.js'))).size;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
