import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Random } from '../../tools/simulate/plan/random';
import type { DiskRecord } from './disk-record';
import { FileContents, type Survival } from './file-contents';

interface DiskFile {
  readonly contents: FileContents;
  /** How many changes of names there were after the last one of this file. */
  named: number;
}
type Entry = DiskFile | 'folder';

type NameChange =
  | { readonly kind: 'add'; readonly path: string; readonly entry: Entry }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string };

/** What a sync that has begun will have made durable at its end. */
interface Sync {
  readonly entry: Entry;
  readonly changes: number;
  readonly names: number;
}

/**
 * A disk that knows what is surely on it and what only may be. The model is that of ext4 with its defaults:
 *
 * - A sync of a file that has ended made durable what was written before it began, the file's size and its name.
 * - Of what was not synced any block may be on the disk, in any order, with contents of any moment since the last sync.
 * - A sync that failed has lost what it was to write, and no later sync brings it back: the kernel takes these blocks
 *   for clean, and goes on to show them to readers.
 * - Names (made, renamed, removed) reach the disk in their order: a file's sync brings all names up to its own, a
 *   folder's all of them; of the rest any beginning may be there.
 */
export class Disk {
  readonly #root: string;
  readonly #tree = new Map<string, Entry>();
  readonly #names: NameChange[] = [];
  #durableNames = 0;
  readonly #open = new Map<string, Entry>();
  readonly #syncs = new Map<number, Sync>();

  /** @param root the folder that was recorded */
  constructor(root: string) {
    this.#root = root;
  }

  apply(record: DiskRecord): void {
    const { kind, descriptor, thread, offset, data } = record;
    if (kind === 'open') this.#open.set(descriptor, this.#opened(data.toString(), record.empties));
    else if (kind === 'close') this.#open.delete(descriptor);
    else if (kind === 'write') this.#file(descriptor).contents.change({ kind: 'write', offset, data });
    else if (kind === 'truncate') this.#file(descriptor).contents.change({ kind: 'resize', size: offset });
    else if (kind === 'make folder') this.#rename({ kind: 'add', path: data.toString(), entry: 'folder' });
    else if (kind === 'remove') this.#rename({ kind: 'remove', path: data.toString() });
    else if (kind === 'rename') {
      const [from = '', to = ''] = data.toString().split('\0');
      this.#rename({ kind: 'rename', from, to });
    } else if (kind === 'sync begins') {
      const entry = this.#entry(descriptor);
      this.#syncs.set(thread, {
        entry,
        changes: entry === 'folder' ? 0 : entry.contents.count,
        names: entry === 'folder' ? this.#names.length : entry.named,
      });
    } else if (kind === 'sync ends' || kind === 'sync fails') {
      const sync = this.#syncs.get(thread);
      if (sync === undefined) throw new Error('A sync has ended that never began.');
      if (kind === 'sync fails') {
        if (sync.entry !== 'folder') sync.entry.contents.syncFailed(sync.changes);
        return;
      }
      if (sync.entry !== 'folder') sync.entry.contents.synced(sync.changes);
      this.#durableNames = Math.max(this.#durableNames, sync.names);
    }
  }

  /** Every file by its path within the folder, as the running system sees it. */
  current(): Map<string, Buffer> {
    return this.#contentsOf(this.#tree, (file) => file.contents.current());
  }

  /** Writes what a loss of power may leave into a folder that does not exist. */
  writeAfterPowerLoss(folder: string, survival: Survival, random: Random): void {
    const unsure = this.#names.length - this.#durableNames;
    const kept = survival.share === 0 ? 0 : survival.share === 1 ? unsure : random.integer(0, unsure);
    const tree = new Map<string, Entry>();
    for (const change of this.#names.slice(0, this.#durableNames + kept)) applyName(tree, change);
    if (tree.size === 0) return;
    mkdirSync(folder, { mode: 0o700 });
    const files = this.#contentsOf(tree, (file) => file.contents.afterPowerLoss(survival, random));
    for (const [path, contents] of files) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, contents, { mode: 0o600 });
    }
  }

  #contentsOf(tree: ReadonlyMap<string, Entry>, contents: (file: DiskFile) => Buffer): Map<string, Buffer> {
    return new Map(
      [...tree].flatMap(([path, entry]) =>
        entry === 'folder' ? [] : [[relative(this.#root, path), contents(entry)] as const],
      ),
    );
  }

  #opened(path: string, empties: boolean): Entry {
    const known = this.#tree.get(path);
    if (known === undefined) {
      const entry = { contents: new FileContents(), named: 0 };
      this.#rename({ kind: 'add', path, entry });
      return entry;
    }
    if (known !== 'folder' && empties) known.contents.change({ kind: 'resize', size: 0 });
    return known;
  }

  #rename(change: NameChange): void {
    const entry = change.kind === 'add' ? change.entry : this.#tree.get(oldPath(change));
    this.#names.push(change);
    if (entry !== undefined && entry !== 'folder') entry.named = this.#names.length;
    applyName(this.#tree, change);
  }

  #entry(descriptor: string): Entry {
    const entry = this.#open.get(descriptor);
    if (entry === undefined) throw new Error(`The record knows no open file ${descriptor}.`);
    return entry;
  }

  #file(descriptor: string): DiskFile {
    const entry = this.#entry(descriptor);
    if (entry === 'folder') throw new Error(`The record writes to a folder as ${descriptor}.`);
    return entry;
  }
}

const oldPath = (change: Exclude<NameChange, { kind: 'add' }>) =>
  change.kind === 'remove' ? change.path : change.from;

/** Renames and removes what stands below a folder, too. */
function applyName(tree: Map<string, Entry>, change: NameChange): void {
  if (change.kind === 'add') {
    tree.set(change.path, change.entry);
    return;
  }
  const from = oldPath(change);
  for (const [path, entry] of [...tree]) {
    if (path !== from && !path.startsWith(`${from}/`)) continue;
    tree.delete(path);
    if (change.kind === 'rename') tree.set(change.to + path.slice(from.length), entry);
  }
}
