import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileBundle } from '../../local/runtime/compile-bundle';
import { tryFaults } from './faults/campaign';
import { tryCrowds, tryPairs } from './interleavings/campaign';

const folder = await mkdtemp(join(tmpdir(), 'torture-bundle-'));
const bundleFile = await compileBundle(process.cwd(), join(folder, 'bundle.js'));
const results = [
  await tryPairs({ bundleFile, seed: 1, limit: 60 }),
  await tryCrowds({ bundleFile, seed: 1, goOn: (n) => n < 20 }),
  await tryFaults({ bundleFile, seed: 1, share: 0.01, aftermath: 'any' }),
];
for (const result of results) {
  process.stdout.write(`${result.name} ${result.cases} ${result.failures.length} ${result.seconds}\n`);
  for (const failure of result.failures.slice(0, 10)) process.stdout.write(`${failure}\n`);
}
await rm(folder, { recursive: true, force: true });
