import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { Dispatcher } from '../../queue';
import { openStorage } from '../../storage';
import { usual } from '../../switches/switches';
import { temporaryDirectory } from './support';

interface Child {
  readonly process: ChildProcess;
  readonly output: () => string;
}

/** Starts one of the scripts in `children`. */
function start(script: string, parameters: string[], flags: string[] = []): Child {
  const file = fileURLToPath(new URL(`children/${script}.ts`, import.meta.url));
  const child = spawn(process.execPath, [...flags, '--import', 'tsx', file, ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return { process: child, output: () => output };
}

async function untilPrinted(child: Child, lines: number): Promise<void> {
  while (child.output().split('\n').length <= lines) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function untilEnded(child: Child): Promise<unknown> {
  const [code] = await once(child.process, 'close');
  expect(code).toBe(0);
  return JSON.parse(child.output());
}

async function kill(child: Child): Promise<void> {
  const closed = once(child.process, 'close');
  child.process.kill('SIGKILL');
  await closed;
}

test('what was acknowledged is there after kill -9', async () => {
  const directory = temporaryDirectory();
  const child = start('acknowledge', [directory]);
  await untilPrinted(child, 500);
  await kill(child);
  const acknowledged = child.output().split('\n').slice(0, -1);
  expect(acknowledged.length).toBeGreaterThanOrEqual(500);
  const storage = openStorage({ directory, switches: usual });
  onTestFinished(() => storage.close());
  const connection = storage.connection();
  for (const n of acknowledged) {
    expect(await connection.findOne('c', { n: Number(n) })).toEqual({
      _id: `d${n}`,
      n: Number(n),
      done: true,
    });
  }
  expect(await connection.get('count')).toBeGreaterThanOrEqual(acknowledged.length);
  expect(storage.queue.pending('t')).toBeGreaterThanOrEqual(acknowledged.length);
});

test('jobs that ran when the process was killed run again', async () => {
  const directory = temporaryDirectory();
  const first = openStorage({ directory, switches: usual });
  for (let n = 0; n < 5; n += 1) await first.connection().enqueue('t', n);
  await first.close();
  const child = start('work', [directory]);
  await untilPrinted(child, 2);
  await kill(child);
  const storage = openStorage({ directory, switches: usual });
  onTestFinished(() => storage.close());
  expect(storage.queue.pending('t')).toBe(5);
  const dispatcher = new Dispatcher({ queue: storage.queue, switches: usual, log: console.error });
  const seen: number[] = [];
  await new Promise<void>((resolve) => {
    dispatcher.register('t', {}, async ({ payload }) => {
      seen.push(Number(payload));
      if (seen.length === 5) resolve();
    });
    dispatcher.start();
  });
  await dispatcher.stop();
  expect(seen.sort()).toEqual([0, 1, 2, 3, 4]);
  expect(storage.queue.pending()).toBe(0);
});

test("a storage is one process's alone, until that ends in whatever way", async () => {
  const directory = temporaryDirectory();
  const child = start('acknowledge', [directory]);
  await untilPrinted(child, 1);
  expect(() => openStorage({ directory, switches: usual })).toThrow('Another space is running on');
  await kill(child);
  const storage = openStorage({ directory, switches: usual });
  onTestFinished(() => storage.close());
  expect(() => openStorage({ directory, switches: usual })).toThrow('Another space is running on');
});

test('120 MB of documents and jobs pass through a heap of 64 MB', async () => {
  const child = start('volume', [temporaryDirectory()], ['--max-old-space-size=64']);
  expect(await untilEnded(child)).toEqual({
    read: 15_000,
    sorted: 15_000,
    run: 15_000,
    pending: 0,
    removed: 15_000,
  });
}, 300_000);
