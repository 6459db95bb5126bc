import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openStorage } from '../../storage';
import { usual } from '../../switches/quirks';

const run = promisify(execFile);

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'backup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the command as `npm run` does. */
async function tool(command: 'backup' | 'restore', file: string, directory: string) {
  const args = ['--import', 'tsx', 'local/backup/main.ts', command, file];
  const env = { ...process.env, SPACE_DIR: directory };
  return run(process.execPath, args, { env }).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    (error: { code: number; stderr: string }) => ({ code: error.code, text: error.stderr }),
  );
}

describe('a backup', () => {
  test('is made while others write, holds one moment of everything, and can be put back', async () => {
    const [directory, folder] = [newFolder(), newFolder()];
    writeFileSync(join(directory, 'settings.json'), '{"variables": {}}');
    mkdirSync(join(directory, 'spaces', 'other'), { recursive: true });
    const other = openStorage({ directory: join(directory, 'spaces', 'other'), quirks: usual });
    await other.connection().insertOne('c', { _id: 'elsewhere' });
    await other.close();
    const storage = openStorage({ directory, quirks: usual });
    const connection = storage.connection();
    await connection.createIndex('c', ['n']);
    let [written, isOver] = [0, false];
    const writing = (async () => {
      while (!isOver) {
        await Promise.all([connection.insertOne('c', { n: written }), connection.incr('count')]);
        await connection.enqueue('t', written);
        written += 1;
      }
    })();
    const file = join(folder, 'space.tgz');
    const made = await tool('backup', file, directory);
    isOver = true;
    await writing;
    await storage.close();
    expect(made).toMatchObject({ code: 0 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['space.tgz']);

    const back = join(newFolder(), 'space');
    const restored = await tool('restore', file, back);
    expect(restored.text).toMatch(/^Restored and checked: 2 space/);
    expect(readFileSync(join(back, 'settings.json'), 'utf8')).toBe('{"variables": {}}');
    const again = openStorage({ directory: back, quirks: usual });
    onTestFinished(() => again.close());
    const count = await again.connection().count('c');
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(written);
    expect(await again.connection().get('count')).toBe(count);
    expect([count, count - 1]).toContain(again.queue.pending('t'));
  });

  test('says in one sentence why it cannot be made or put back', async () => {
    const [empty, folder] = [newFolder(), newFolder()];
    expect((await tool('backup', join(folder, 'x'), empty)).text).toMatch(/^There is no space in .*\n$/);
    const file = join(folder, 'no-backup');
    writeFileSync(file, 'something else');
    expect((await tool('restore', file, join(folder, 'new'))).text).toMatch(/is no backup of a space.*\n$/);
    expect((await tool('restore', file, folder)).text).toMatch(/is not empty; .*\n$/);
  });
});
