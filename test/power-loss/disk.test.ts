import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { expect, it } from 'vitest';
import { createRandom } from '../../tools/simulate/plan/random';
import { withFolder } from '../torture-process/temporary-folder';
import { buildRecorder, whyNoRecorder } from './build-recorder';
import { Disk } from './disk';
import { readDiskRecords } from './disk-record';

const writer = fileURLToPath(new URL('row-writer.mjs', import.meta.url));
const rows = 150;
const cuts = 150;

/** Cuts the power while SQLite writes. @returns after how many cuts a row was gone that had been committed */
function cutsWithLosses(synchronous: 'FULL' | 'NORMAL'): Promise<number> {
  return withFolder(async (folder) => {
    const [directory, log] = [join(folder, 'data'), join(folder, 'record')];
    const child = spawn(process.execPath, [writer, directory, synchronous, String(rows)], {
      env: { LD_PRELOAD: buildRecorder(folder), RECORD_FOLDER: directory, RECORD_LOG: log },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.resume();
    await once(child, 'close');
    const records = readDiskRecords(readFileSync(log));
    const random = createRandom(1);
    let losses = 0;
    for (let cut = 0; cut < cuts; cut += 1) {
      const moment = random.integer(1, records.length);
      const disk = new Disk(directory);
      let committed = 0;
      for (const record of records.slice(0, moment)) {
        disk.apply(record);
        const said = record.kind === 'send' ? /^row (\d+)\.$/.exec(record.data.toString()) : null;
        if (said !== null) committed = Number(said[1]);
      }
      const image = join(folder, `cut-${cut}`);
      const share = random.pick([0, 0.1, 0.5, 0.9, 1]);
      disk.writeAfterPowerLoss(image, { share, unit: random.pick([512, 4096]) }, random);
      if (countRows(join(image, 'rows.db')) < committed) losses += 1;
    }
    return losses;
  });
}

/** How many rows there are, the first ones without a gap; -1 when the database is damaged. */
function countRows(file: string): number {
  if (!existsSync(file)) return 0;
  const database = new Database(file);
  try {
    const [check] = database.prepare('PRAGMA integrity_check').raw().all();
    if (String(check) !== 'ok') return -1;
    if (database.prepare("SELECT name FROM sqlite_master WHERE name = 'rows'").all().length === 0) return 0;
    const numbers = database.prepare('SELECT number FROM rows ORDER BY number').raw().all().map(Number);
    return numbers.every((number, index) => number === index + 1) ? numbers.length : -1;
  } finally {
    database.close();
  }
}

it('keeps what SQLite has synced, and takes what it has not', async ({ skip }) => {
  const reason = whyNoRecorder();
  if (reason !== null) skip(reason);
  expect(await cutsWithLosses('FULL')).toBe(0);
  expect(await cutsWithLosses('NORMAL')).toBeGreaterThan(0);
}, 60_000);
