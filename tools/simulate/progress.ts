/** Shows how far something has come. */
export interface Progress {
  update(done: number, total: number): void;
  finish(): void;
}

const barWidth = 30;

/** A bar in place on a terminal; elsewhere a line for every tenth. */
export function createProgress(output: NodeJS.WriteStream): Progress {
  const startedAt = performance.now();
  let shownAt = 0;
  let shownTenth = 0;

  function line(done: number, total: number): string {
    const rate = Math.round(done / Math.max((performance.now() - startedAt) / 1000, 0.001));
    return `${done}/${total} requests, ${rate}/s`;
  }

  function showBar(done: number, total: number): void {
    const now = performance.now();
    if (now - shownAt < 100 && done < total) return;
    shownAt = now;
    const filled = Math.round((done / total) * barWidth);
    output.write(`\r\x1b[K[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] ${line(done, total)}`);
  }

  function showTenth(done: number, total: number): void {
    const tenth = Math.floor((done / total) * 10);
    if (tenth <= shownTenth) return;
    shownTenth = tenth;
    output.write(`${line(done, total)}\n`);
  }

  return {
    update: output.isTTY ? showBar : showTenth,
    finish() {
      if (output.isTTY) output.write('\n');
    },
  };
}
