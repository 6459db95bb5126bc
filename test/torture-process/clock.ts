import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** At the real time `at` the clock shows `shows`, and from there it runs `factor` times as fast. In ms. */
export interface ClockSetting {
  readonly at: number;
  readonly shows: number;
  readonly factor: number;
}

/** A clock that may run fast, so that eight hours of retries fit into a minute. */
export class Clock {
  constructor(readonly setting: ClockSetting) {}

  /** A clock that shows the real time now, and runs `factor` times as fast from here. */
  static startingNow(factor: number): Clock {
    const at = Date.now();
    return new Clock({ at, shows: at, factor });
  }

  /** What it shows, in milliseconds since 1970. */
  now(): number {
    const { at, shows, factor } = this.setting;
    return shows + (Date.now() - at) * factor;
  }

  /** Waits until it shows a time. */
  async until(time: number): Promise<void> {
    await sleep(Math.max(0, (time - this.now()) / this.setting.factor));
  }
}

/** Sets the clock of a space that was started with this file; a running one notices within a moment. */
export function writeClock(file: string, setting: ClockSetting): void {
  writeFileSync(`${file}.new`, JSON.stringify(setting));
  renameSync(`${file}.new`, file);
}

const minute = 60_000;
/** How long a space takes to start, with room to spare. */
const startTime = 6000;

/**
 * A clock that shows a moment before a full minute, at least two minutes after `notBefore`: what got stuck by
 * then is old enough for the sweep, and the next minute's job starts at once. Saves a wait of two minutes.
 */
export function shortlyBeforeTheSweep(notBefore: number): ClockSetting {
  const shows = (Math.ceil(notBefore / minute) + 3) * minute - startTime;
  return { at: Date.now(), shows, factor: 1 };
}
