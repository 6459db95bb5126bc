import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileBundle } from '../../local/runtime/compile-bundle';
import { tryFaults } from './faults/campaign';

const folder = await mkdtemp(join(tmpdir(), 'torture-bundle-'));
const bundleFile = await compileBundle(process.cwd(), join(folder, 'bundle.js'));
const result = await tryFaults({ bundleFile, seed: 1, share: Number(process.argv[2] ?? 0.05) });
process.stdout.write(`${result.name} ${result.cases} ${result.failures.length} ${result.seconds}\n`);
for (const failure of result.failures.slice(0, 20)) process.stdout.write(`${failure}\n`);
await rm(folder, { recursive: true, force: true });
