import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Walk } from '../../src/mailgun-client/circle';
import type { FoundSpace } from '../find-space';
import { followCursor } from '../follow-cursor';
import type { Arguments } from './arguments';
import { lockFolder, readState, writeState } from './export-state';
import { type ExportedLine, readBatch } from './read-batch';
import { writeParquet } from './write-parquet';
import { writeWhole } from './write-whole';

const compress = promisify(gzip);

/** Events of one request, all in memory at once. */
const maxEvents = 20_000;

function byDay(lines: readonly ExportedLine[]): Map<string, ExportedLine[]> {
  const days = new Map<string, ExportedLine[]>();
  for (const one of lines) {
    const day = one.event.occurredAt.slice(0, 10);
    const known = days.get(day);
    if (known === undefined) days.set(day, [one]);
    else known.push(one);
  }
  return days;
}

/** The name of the files that begin behind a cursor, so that the same batch once more takes their place. */
function nameBehind(cursor: string): string {
  const [slot = '0', passed = '0'] = cursor.split('.');
  return `${slot.padStart(12, '0')}-${passed.padStart(6, '0')}`;
}

async function writeDay(
  folder: string,
  name: string,
  lines: readonly ExportedLine[],
  { format, withOriginal }: Pick<Arguments, 'format' | 'withOriginal'>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (format === 'parquet') {
    const events = lines.map(({ event }) => event);
    return writeWhole(join(folder, `${name}.parquet`), async (path) =>
      writeParquet(path, events, withOriginal),
    );
  }
  const content = await compress(lines.map(({ line }) => `${line}\n`).join(''));
  return writeWhole(join(folder, `${name}.ndjson.gz`), (path) => writeFile(path, content));
}

/** What an export has done so far. */
export interface Progress {
  readonly events: number;
  readonly files: number;
  readonly cursor: string;
}

/**
 * Copies the events of a space into the files of a folder, from where the last run ended. The files of a batch are
 * written before its end is noted: after a crash in between the same batch takes their place.
 * @throws CannotRun with a sentence; what is there is whole
 */
export async function* exportEvents(
  space: Pick<FoundSpace, 'url' | 'apiKey'>,
  { to, format, withOriginal }: Pick<Arguments, 'to' | 'format' | 'withOriginal'>,
): AsyncGenerator<Progress> {
  const free = await lockFolder(to);
  try {
    let state = await readState(to, { format, withOriginal, space: space.url });
    let [events, files] = [0, 0];
    let walk: Walk | null = null;
    for (;;) {
      const lines = await readBatch(space, { after: state.cursor, limit: maxEvents, withOriginal });
      const last = lines.at(-1);
      if (last === undefined) return;
      const days = byDay(lines);
      for (const [day, own] of days)
        await writeDay(join(to, `day=${day}`), nameBehind(state.cursor), own, { format, withOriginal });
      walk = followCursor(walk, last.event.cursor);
      state = { ...state, cursor: last.event.cursor };
      await writeState(to, state);
      events += lines.length;
      files += days.size;
      yield { events, files, cursor: state.cursor };
    }
  } finally {
    await free();
  }
}
