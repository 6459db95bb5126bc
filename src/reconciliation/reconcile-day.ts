import * as v from 'valibot';
import { compareRange } from '../backfill/compare-range';
import { hasPending } from '../event-log/backlog';
import { type EventRange, eventRange } from '../mailgun/event-pages';
import { resolutions } from '../mailgun/metrics';
import type { MailgunSettings } from '../settings/settings';
import { bucketAt } from '../statistics/bucket';
import { isDirty } from '../statistics/closed-days';
import type { Counts } from '../statistics/counters';
import { recountDirty } from '../statistics/recount';
import type { Connection } from '../store/connection';
import { comparedCounters, differencesBetween, eventsIn } from './compared-counters';
import { DayHours, hourSpan, ourDay } from './day-counts';
import { type ReconciledDay, writeDay } from './day-document';
import { type Cause, explain, mergeCauses } from './explain';
import { judgeHour, needsRecord, withoutRounded } from './judge-hour';
import { findOnlyOurs, readOnlyOurs, slicesOf } from './only-ours';
import { readOwnEvents } from './own-events';
import { isKnown } from './reasons';

const dayMs = 86_400_000;
/** Events that are named of a day. */
const maxExamples = 10;
const onceOnly = new Set(comparedCounters.flatMap(({ counter, isOnce }) => (isOnce ? [counter] : [])));

/** A day to compare. */
export interface DayQuestion {
  /** The domain as the settings have it, with its region, and its name. */
  readonly configured: string;
  readonly domain: string;
  /** Mailgun's numbers of the day. */
  readonly mailgun: Counts;
}

/** What limits a comparison: see {@link compareRange}; the deadline in milliseconds since 1970. */
export interface Limits {
  readonly oldest: string;
  readonly deadline: number;
}

/**
 * How a comparison stands: at its end, in need of more time, waiting until events are counted that it has brought back, or
 * somebody else has taken it further.
 */
export type Progress = 'finished' | 'more' | 'waiting' | 'elsewhere';

/** Whether other numbers differ than those that are no same number. */
const differ = (differences: readonly Pick<Cause, 'counter'>[]) =>
  differences.some(({ counter }) => !onceOnly.has(counter));

/** The state of a day by its causes. */
function stateOf(causes: readonly Cause[]): ReconciledDay['state'] {
  if (causes.some(({ reason }) => !isKnown(reason))) return 'differs';
  return differ(causes) ? 'explained' : 'equal';
}

function remainingRange(rest: string | null): EventRange | null {
  if (rest === null) return null;
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), eventRange), rest);
  return read.success ? read.output : null;
}

/** Compares one day of a domain, a step after the other. Each is stored, so that the next runner goes on from there. */
class Comparison {
  private hours: DayHours | null = null;

  constructor(
    private readonly connection: Connection,
    private readonly settings: MailgunSettings,
    private readonly question: DayQuestion,
    private readonly limits: Limits,
    private day: ReconciledDay,
  ) {}

  private get isOver(): boolean {
    return Date.now() >= this.limits.deadline;
  }

  /** @returns false when somebody else has taken the day further */
  private async write(changes: Partial<ReconciledDay>): Promise<boolean> {
    const written = await writeDay(this.connection, this.day, changes);
    if (written !== null) this.day = written;
    return written !== null;
  }

  private async finish(causes: readonly Cause[], mailgun: Counts): Promise<Progress> {
    const { domain, day, added, foundExamples } = this.day;
    const merged = mergeCauses(causes);
    const isWritten = await this.write({
      step: null,
      hour: 0,
      rest: null,
      startedAt: null,
      openSince: null,
      added: 0,
      found: [],
      foundExamples: [],
      finishedAt: new Date().toISOString(),
      state: stateOf(merged),
      ours: await ourDay(this.connection, domain, day),
      mailgun,
      causes: merged,
      onlyOurs: merged.some(({ reason }) => reason === 'onlyOurs') ? foundExamples : [],
      broughtBack: added,
      lastError: null,
    });
    return isWritten ? 'finished' : 'elsewhere';
  }

  /** Whether all events of the day that we hold are counted, but for the dead. */
  private async isCounted(): Promise<boolean> {
    const bucket = bucketAt('day', this.day.day);
    if (await hasPending(this.connection, bucket.start, bucket.end)) return false;
    if (!(await isDirty(this.connection, bucket))) return true;
    await recountDirty(this.connection);
    return !(await isDirty(this.connection, bucket));
  }

  private async readHours(): Promise<DayHours> {
    this.hours ??= await DayHours.read(this.connection, this.settings, {
      ...this.question,
      day: this.day.day,
    });
    return this.hours;
  }

  /** What is known of an hour from both sides' numbers and our own events; null when nothing differs. */
  private async explain(hours: DayHours, hour: number) {
    const differences = hours.differences(hour);
    if (differences.length === 0) return null;
    const own = await readOwnEvents(this.connection, this.day.domain, hourSpan(this.day.day, hour));
    return withoutRounded(explain(differences, own), hours.rounded(hour));
  }

  private async compare(): Promise<Progress> {
    if (!(await this.isCounted())) return 'waiting';
    const { domain, day } = this.day;
    const { mailgun } = this.question;
    const differences = differencesBetween(await ourDay(this.connection, domain, day), mailgun);
    const because = (reason: Cause['reason'], which = differences) =>
      which.map(
        (one): Cause => ({
          counter: one.counter,
          reason: onceOnly.has(one.counter) ? 'uniques' : reason,
          count: one.mailgun - one.ours,
        }),
      );
    if (!differ(differences)) return this.finish(because('uniques'), mailgun);
    if (`${day}T00:00:00.000Z` < this.limits.oldest) return this.finish(because('closed'), mailgun);
    if (Date.parse(day) < Date.now() - (resolutions.hour.keptDays - 1) * dayMs)
      return this.finish(because('hoursGone'), mailgun);
    return (await this.write({ step: 'bring', hour: 0, rest: null })) ? 'more' : 'elsewhere';
  }

  /** Brings back what Mailgun's record lists of the next hour that differs. */
  private async bring(): Promise<Progress> {
    const { hour, rest, day, added } = this.day;
    if (hour > 23) return (await this.write({ step: 'judge', hour: 0, rest: null })) ? 'more' : 'elsewhere';
    // Also where our own events would explain it: by chance they may be as many as are lost.
    if (rest === null && !differ((await this.readHours()).differences(hour)))
      return (await this.write({ hour: hour + 1 })) ? 'more' : 'elsewhere';
    const { start, end } = hourSpan(day, hour);
    const whole = {
      domain: this.question.configured,
      begin: Date.parse(start) / 1000,
      end: Date.parse(end) / 1000,
      page: null,
    };
    const range = remainingRange(rest) ?? whole;
    const compared = await compareRange(this.connection, this.settings, range, this.limits.oldest);
    const brought = [...compared.added.values()].reduce((sum, count) => sum + count, 0);
    const isWritten = await this.write({
      hour: compared.rest === null ? hour + 1 : hour,
      rest: compared.rest && JSON.stringify(compared.rest),
      added: added + brought,
    });
    if (compared.problem !== null) throw compared.problem;
    return isWritten ? 'more' : 'elsewhere';
  }

  /** Says of the next hour why it still differs. */
  private async judge(): Promise<Progress> {
    const { hour, rest, day, found, foundExamples } = this.day;
    if (hour === 0 && rest === null && !(await this.isCounted())) return 'waiting';
    const hours = await this.readHours();
    if (hour > 23) return this.finish(found, hours.mailgunDay());
    const explained = await this.explain(hours, hour);
    if (explained === null) return (await this.write({ hour: hour + 1, rest: null })) ? 'more' : 'elsewhere';
    let onlyOurs = readOnlyOurs(rest);
    if (needsRecord(explained)) {
      const { ours, mailgun } = hours.at(hour);
      const slices = slicesOf(Math.max(eventsIn(ours), eventsIn(mailgun)));
      const span = hourSpan(day, hour);
      onlyOurs = await findOnlyOurs(this.connection, this.settings, this.question, span, slices, onlyOurs);
      if (onlyOurs.slice < slices)
        return (await this.write({ rest: JSON.stringify(onlyOurs) })) ? 'more' : 'elsewhere';
    }
    const isWritten = await this.write({
      hour: hour + 1,
      rest: null,
      found: mergeCauses([...found, ...judgeHour(explained, onlyOurs)]),
      foundExamples: [...foundExamples, ...onlyOurs.examples].slice(0, maxExamples),
    });
    return isWritten ? 'more' : 'elsewhere';
  }

  private step(): Promise<Progress> {
    switch (this.day.step) {
      case 'bring':
        return this.bring();
      case 'judge':
        return this.judge();
      default:
        return this.compare();
    }
  }

  async run(): Promise<Progress> {
    if (this.day.step === null) {
      const startedAt = new Date().toISOString();
      const begun = { step: 'compare', startedAt, openSince: this.day.openSince ?? startedAt } as const;
      if (!(await this.write(begun))) return 'elsewhere';
    }
    let progress: Progress = 'more';
    let wasBringing = this.day.step === 'bring';
    while (progress === 'more' && !this.isOver) {
      progress = await this.step();
      // What was brought back has changed our hours.
      if (wasBringing && this.day.step === 'judge') this.hours = null;
      wasBringing = this.day.step === 'bring';
    }
    return progress;
  }
}

/**
 * Goes on comparing a day until it is through, or the time is over; at least a step.
 * @throws MailgunProblem, or when storage fails
 */
export function reconcileDay(
  connection: Connection,
  settings: MailgunSettings,
  question: DayQuestion,
  day: ReconciledDay,
  limits: Limits,
): Promise<Progress> {
  return new Comparison(connection, settings, question, limits, day).run();
}
