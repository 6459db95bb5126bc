import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type SpaceProcess, startSpaceProcess } from '../space-process';
import { fillSpace } from './fill-space';
import { measureCsv, measureRoutes, percentile, routes } from './measure-routes';

/** Fills a small and a large space and compares how long every read route takes in each. */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '60' },
  },
});
const sizes = [10_000, Number(values.events)];
const rounds = Number(values.rounds);

const folders: string[] = [];
const spaces: SpaceProcess[] = [];
const names = sizes.map((size) => `with ${size.toLocaleString('en')}`);
try {
  for (const events of sizes) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-scale-'));
    folders.push(folder);
    const began = performance.now();
    await fillSpace(folder, { events, subscribers: Math.max(100, events / 5), tags: 500 });
    const seconds = Math.round((performance.now() - began) / 1000);
    const megabytes = Math.round(statSync(join(folder, 'space.db')).size / 1e6);
    console.log(`${events} events: filled in ${seconds} s, ${megabytes} MB`);
  }
  for (const folder of folders) spaces.push(await startSpaceProcess([], folder));

  const samples = await measureRoutes(spaces, rounds);
  console.log(`Milliseconds at p95 of ${rounds} requests each, one after another`);
  console.table(
    Object.fromEntries(
      routes.map((route) => {
        const times = samples.map((ofSpace) => percentile(ofSpace.get(route) ?? [], 0.95));
        const medians = samples.map((ofSpace) => percentile(ofSpace.get(route) ?? [], 0.5));
        return [
          route,
          {
            ...Object.fromEntries(names.map((name, at) => [name, Number(times[at]?.toFixed(1))])),
            ratio: Number(((times[1] ?? 0) / (times[0] ?? 1)).toFixed(2)),
            'ratio of medians': Number(((medians[1] ?? 0) / (medians[0] ?? 1)).toFixed(2)),
          },
        ];
      }),
    ),
  );

  console.log('The whole event log as CSV');
  const tables: Record<string, object> = {};
  for (const [at, space] of spaces.entries()) tables[names[at] ?? ''] = await measureCsv(space);
  console.table(tables);
} finally {
  for (const space of spaces) await space.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
