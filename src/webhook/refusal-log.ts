import { log } from '../log';

/** Kinds that are told apart at a time; of any further one only the number is known. */
const maxKinds = 50;
const minuteMs = 60_000;

/** What is known of a refusal beside its name; the same details are the same kind. */
type Details = Readonly<Record<string, string | undefined>>;

interface Kind {
  readonly what: string;
  readonly details: Details;
  /** How many were not told yet. */
  untold: number;
}

const kinds = new Map<string, Kind>();
let minute = 0;

/**
 * Tells in one line a kind how many refusals were not told yet. Nobody waits for it: there are no timers, so the
 * next request of a later minute calls it, and cron. Instances share no memory: each tells its own.
 */
export function tellRefusals(): void {
  for (const { what, details, untold } of kinds.values())
    if (untold > 0) log.warn(`${what}, again`, { ...details, times: untold });
  kinds.clear();
}

/** Tells what is left of an earlier minute. @param nowMs milliseconds since 1970 */
export function tellRefusalsOfBefore(nowMs: number): void {
  const current = Math.floor(nowMs / minuteMs);
  if (current === minute) return;
  minute = current;
  tellRefusals();
}

/**
 * Notes that a request was refused. Anybody can have requests refused, as many as he likes, and must not wash away
 * what else the log says: of each kind the first of a minute has a line of its own, and all others share one.
 */
export function noteRefusal(what: string, details: Details, nowMs: number): void {
  tellRefusalsOfBefore(nowMs);
  const name = JSON.stringify([what, details]);
  const known = kinds.get(kinds.has(name) || kinds.size < maxKinds ? name : otherKinds);
  if (known !== undefined) known.untold += 1;
  else if (kinds.size < maxKinds) {
    kinds.set(name, { what, details, untold: 0 });
    log.warn(what, details);
  } else kinds.set(otherKinds, { what: 'webhook refused for other reasons', details: {}, untold: 1 });
}

/** Stands for the kinds beyond {@link maxKinds}. */
const otherKinds = '';
