import type { Random } from '../../tools/simulate/plan/random';

/** What was done to a file: bytes written at an offset, its size set, or made larger if it was smaller. */
export type Change =
  | { readonly kind: 'write'; readonly offset: number; readonly data: Buffer }
  | { readonly kind: 'grow'; readonly size: number }
  | { readonly kind: 'resize'; readonly size: number };

/** How much of what was not synced survives: none, all, or each part by chance. */
export interface Survival {
  /** From 0, nothing, to 1, everything. */
  readonly share: number;
  /** Bytes that survive or vanish together: a block of the file system, or a sector of a torn one. */
  readonly unit: 4096 | 512;
}

/** The contents of one file: what is surely on the disk, and the changes that may be, in their order. */
export class FileContents {
  #durable = Buffer.alloc(0);
  #size = 0;
  #pending: Change[] = [];
  /** How many changes were made durable, of all since the file was made. */
  #durableCount = 0;

  /** How many changes there were since the file was made. */
  get count(): number {
    return this.#durableCount + this.#pending.length;
  }

  change(change: Change): void {
    this.#pending.push(change);
  }

  /** A sync has ended that began after so many changes. */
  synced(count: number): void {
    const now = this.#pending.splice(0, Math.max(0, count - this.#durableCount));
    this.#durableCount += now.length;
    for (const change of now) this.#apply(change);
  }

  /** A sync has failed that began after so many changes: of what they wrote only the sizes are left. */
  syncFailed(count: number): void {
    const doomed = Math.max(0, count - this.#durableCount);
    this.#pending = this.#pending.map((change, index) =>
      index < doomed && change.kind === 'write'
        ? { kind: 'grow', size: change.offset + change.data.length }
        : change,
    );
  }

  /** Everything, as a reader of the running system sees it as long as no sync has failed. */
  current(): Buffer {
    return this.#build(() => true, this.#pending.length);
  }

  /**
   * One of the contents that a loss of power may leave. Each unit of the file, and its size, is as it was after some
   * of the pending changes. What makes a file shorter frees its blocks: what stood in them before does not come back
   * once something later survives.
   */
  afterPowerLoss({ share, unit }: Survival, random: Random): Buffer {
    const count = this.#pending.length;
    const cuts: number[] = [];
    let size = this.#size;
    for (const [index, change] of this.#pending.entries()) {
      const before = size;
      size = sizeAfter(before, change);
      if (size < before) cuts.push(index);
    }
    const pick = (from: number, to: number) => {
      if (share === 0) return from;
      if (share === 1) return to;
      return random.chance(share) ? to : random.integer(from, to);
    };
    // Of the cuts the first few have happened; the next one, and so what came after it, has not.
    const happened = pick(0, cuts.length);
    const end = cuts[happened] ?? count;
    const earliest = (from: number) => {
      const freeing = cuts.slice(0, happened).filter((index) => {
        const change = this.#pending[index];
        return change?.kind === 'resize' && change.size <= from;
      });
      return (freeing.at(-1) ?? -1) + 1;
    };
    const ends = new Map<number, number>();
    const endOf = (offset: number) => {
      const start = offset - (offset % unit);
      const known = ends.get(start) ?? pick(earliest(start), end);
      ends.set(start, known);
      return known;
    };
    const sizeEnd = pick((cuts[happened - 1] ?? -1) + 1, end);
    return this.#build((index, offset) => index < endOf(offset), sizeEnd, unit);
  }

  #sizeAfter(count: number): number {
    return this.#pending.slice(0, count).reduce(sizeAfter, this.#size);
  }

  #build(survives: (index: number, offset: number) => boolean, sizeEnd: number, unit = 4096): Buffer {
    const most = this.#pending.reduce((size, change) => Math.max(size, sizeAfter(0, change)), this.#size);
    const contents = Buffer.alloc(most);
    this.#durable.copy(contents, 0, 0, this.#size);
    for (const [index, change] of this.#pending.entries()) {
      if (change.kind === 'grow') continue;
      if (change.kind === 'resize') {
        // Growth is all zeros anyway; of what shrinks each unit decides for itself.
        for (let at = change.size; at < most; at = nextUnit(at, unit))
          if (survives(index, at)) contents.fill(0, at, Math.min(most, nextUnit(at, unit)));
        continue;
      }
      for (let at = 0; at < change.data.length; ) {
        const offset = change.offset + at;
        const next = Math.min(change.data.length, at + nextUnit(offset, unit) - offset);
        if (survives(index, offset)) change.data.copy(contents, offset, at, next);
        at = next;
      }
    }
    return contents.subarray(0, this.#sizeAfter(sizeEnd));
  }

  #apply(change: Change): void {
    const before = this.#size;
    this.#size = sizeAfter(before, change);
    if (this.#size > this.#durable.length) {
      const larger = Buffer.alloc(Math.max(this.#size, 2 * this.#durable.length));
      this.#durable.copy(larger);
      this.#durable = larger;
    }
    if (change.kind === 'write') change.data.copy(this.#durable, change.offset);
    else if (change.kind === 'resize') this.#durable.fill(0, this.#size, Math.max(before, this.#size));
  }
}

const nextUnit = (offset: number, unit: number) => offset - (offset % unit) + unit;

function sizeAfter(size: number, change: Change): number {
  if (change.kind === 'resize') return change.size;
  return Math.max(size, change.kind === 'grow' ? change.size : change.offset + change.data.length);
}
