import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** At the real time `at` a clock shows `shows`, and runs on from there. In ms since 1970. */
export interface ClockSetting {
  readonly at: number;
  readonly shows: number;
}

/** A clock that shows a time now. */
export const clockAt = (shows: number): ClockSetting => ({ at: Date.now(), shows });

/** Sets the clock of a space that was started with this file; a running one notices within a moment. */
export function writeClock(file: string, setting: ClockSetting): void {
  writeFileSync(`${file}.new`, JSON.stringify(setting));
  renameSync(`${file}.new`, file);
}

/** Real ms in which a running space has surely noticed that its clock was set. */
const notice = 60;

/** Sets the clock of a running space and waits until it has noticed. */
export async function setClock(file: string, shows: number): Promise<void> {
  writeClock(file, clockAt(shows));
  await sleep(notice);
}

const minute = 60_000;
/** How long a space takes to start, with room to spare. */
const startTime = 6000;

/**
 * A clock that shows a moment before a full minute, at least two minutes after `notBefore`: what got stuck by
 * then is old enough for the sweep, and the next minute's job starts at once. Saves a wait of two minutes.
 */
export function shortlyBeforeTheSweep(notBefore: number): ClockSetting {
  return clockAt((Math.ceil(notBefore / minute) + 3) * minute - startTime);
}
