import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Quirks } from '../local/quirks';
import { compileBundle } from '../local/runtime/compile-bundle';
import { helloWorldSize } from './bundle-size';
import { countStorageCalls } from './count-calls';
import { startSpaceProcess } from './space-process';
import { measureThroughput } from './throughput';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '20000' },
    connections: { type: 'string', default: '32' },
  },
});
const events = Number(values.events);
const connections = Number(values.connections);

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const bundle = await compileBundle(process.cwd(), join(folder, 'bundle.js'));

console.log('Bundle in bytes');
const [ours, hello] = [statSync(bundle).size, await helloWorldSize()];
console.table({ 'this app': ours, 'hello world': hello, 'what our code adds': ours - hello });

/** What the platform's documentation suggests, beside the harshest answers that the local space gives. */
const documented: Partial<Quirks> = { noMatch: 'null', upsertResult: 'document', duplicateInsert: 'rejects' };
console.log('Storage calls of a delivered event with two tags');
const rows: Record<string, { 'until the answer': number; 'in the worker': number }> = {};
for (const [name, quirks] of [
  ['documented', documented],
  ['harshest', {}],
] as const) {
  for (const [address, sent] of [
    ['new', 1],
    ['known', 2],
  ] as const) {
    const calls = await countStorageCalls(bundle, quirks, sent);
    rows[`${name} platform, ${address} address`] = {
      'until the answer': calls.untilAnswer.length,
      'in the worker': calls.worker.length,
    };
  }
}
console.table(rows);

for (const [name, flags] of [
  ['sources', []],
  ['bundle', ['--bundle']],
] as const) {
  const space = await startSpaceProcess(flags);
  try {
    const result = await measureThroughput(space, events, connections);
    const memory = space.memory();
    console.log(`From ${name}: ${events} delivered events over ${connections} connections`);
    console.table({
      'acknowledged per second': Math.round(result.acknowledgedPerSecond),
      'answer p50 in ms': Number(result.p50.toFixed(1)),
      'answer p99 in ms': Number(result.p99.toFixed(1)),
      'fully processed per second': Math.round(result.processedPerSecond),
      'memory afterwards in MB': memory === null ? 'not told by this system' : Math.round(memory.now / 1e6),
      'peak memory in MB': memory === null ? 'not told by this system' : Math.round(memory.peak / 1e6),
    });
  } finally {
    await space.stop();
  }
}
rmSync(folder, { recursive: true, force: true });
