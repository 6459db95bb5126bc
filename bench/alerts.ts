import { parseArgs } from 'node:util';
import { compileBundle } from '../local/runtime/compile-bundle';
import { startSpace } from '../local/space';
import { makeFolder } from './measure/folder';
import { recordCalls } from './ours/count-calls';
import { fillSpace } from './scale/fill-space';
import { percentile } from './scale/measure-routes';

/** What a check of the alerts costs, in reads and in time, as events grow in number. */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000,100000,1000000' },
    checks: { type: 'string', default: '50' },
  },
});
const sizes = values.events.split(',').map(Number);
const checks = Number(values.checks);

const checking = '*/1 * * * *';
const reads = /^(getMany|findOneOrNull|get) /;

async function measure(bundle: string, events: number): Promise<object> {
  const directory = makeFolder('alerts');
  await fillSpace(directory, { events, subscribers: Math.ceil(events / 5), tags: 100 });
  const calls: string[] = [];
  const space = await startSpace({
    directory,
    app: { kind: 'bundle', file: bundle },
    log: () => {},
    wrapConnection: (connection) => recordCalls(connection, calls),
  });
  try {
    space.stopClock();
    // The first ones warm up, and open what is to be opened.
    for (let check = 0; check < 5; check += 1) await space.runJobs(checking);
    const times: number[] = [];
    calls.length = 0;
    for (let check = 0; check < checks; check += 1) {
      const began = performance.now();
      await space.runJobs(checking);
      times.push(performance.now() - began);
    }
    const at = (share: number) => Number(percentile(times, share).toFixed(1));
    const read = calls.filter((call) => reads.test(call)).length;
    return {
      'reads per check': read / checks,
      'writes per check': (calls.length - read) / checks,
      'p50 ms': at(0.5),
      'p95 ms': at(0.95),
    };
  } finally {
    await space.stop();
  }
}

// The app logs to the console; the table is to be read.
const print = console.log;
console.log = () => undefined;
const bundle = await compileBundle(process.cwd(), `${makeFolder('bundle')}/bundle.js`);
const table: Record<string, object> = {};
for (const events of sizes) table[`${events.toLocaleString('en')} events`] = await measure(bundle, events);
console.log = print;
console.table(table);
