import { readFileSync, statSync } from 'node:fs';

// Loaded before everything else into a space's process, to let it live in another time: `Date` follows the
// file named by SPACE_CLOCK, `{"at", "shows"}` (see `clock.ts`). Timers stay real,
// and a file that changes is noticed soon, so that a clock can jump under a running process.

const file = process.env.SPACE_CLOCK;
const RealDate = Date;

if (file) {
  let setting = { at: 0, shows: 0 };
  let modified = 0;
  const reload = () => {
    try {
      const { mtimeMs } = statSync(file);
      if (mtimeMs === modified) return;
      setting = JSON.parse(readFileSync(file, 'utf8'));
      modified = mtimeMs;
    } catch {
      // Without the file the last setting holds.
    }
  };
  reload();
  setInterval(reload, 20).unref();

  const now = () => setting.shows + RealDate.now() - setting.at;
  globalThis.Date = class extends RealDate {
    constructor(...parts) {
      if (parts.length === 0) super(now());
      else super(...parts);
    }

    static now() {
      return now();
    }
  };
}
