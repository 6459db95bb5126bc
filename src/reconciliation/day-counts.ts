import { type CountsByTime, readMetrics } from '../mailgun/metrics';
import type { MailgunSettings } from '../settings/settings';
import { talliesOfDimension } from '../statistics/buckets';
import { type StoredCounter, storedCounters } from '../statistics/counter-table';
import type { Counts } from '../statistics/counters';
import { dimensionOf } from '../statistics/dimension';
import type { Connection } from '../store/connection';
import { comparedMetrics, countersOfMetrics, type Difference, differencesBetween } from './compared-counters';
import { roundedAway } from './judge-hour';
import type { TimeSpan } from './own-events';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Both sides' numbers of a span. */
export interface BothCounts {
  readonly ours: Counts;
  readonly mailgun: Counts;
}

const isoOf = (ms: number) => new Date(ms).toISOString();

/** The hour of a day, 0 to 23; -1 and 24 are those beside it. */
export function hourSpan(day: string, hour: number): TimeSpan {
  const start = Date.parse(day) + hour * hourMs;
  return { start: isoOf(start), end: isoOf(start + hourMs) };
}

/** Our numbers of a domain on a day, as they are counted. */
export async function ourDay(connection: Connection, domain: string, day: string): Promise<Counts> {
  const end = isoOf(Date.parse(day) + dayMs);
  const [tally] = await talliesOfDimension(
    connection,
    'day',
    dimensionOf('domain', domain),
    isoOf(Date.parse(day)),
    end,
  );
  return tally?.counts ?? {};
}

/** Mailgun's numbers of the days of a span, both ends included, by day. @throws MailgunProblem */
export async function mailgunDays(
  settings: MailgunSettings,
  configured: string,
  { from, to }: { from: string; to: string },
): Promise<Map<string, Counts>> {
  const span = { resolution: 'day', begin: Date.parse(from), end: Date.parse(to) + dayMs } as const;
  const counts = await readMetrics(settings, configured, span, comparedMetrics);
  return new Map(
    [...counts].map(([time, metrics]) => [isoOf(time).slice(0, 10), countersOfMetrics(metrics)]),
  );
}

/** Both sides' hours of a day, and one more at either end: an event at midnight may be on the other side of it. */
export class DayHours {
  private constructor(
    private readonly ours: ReadonlyMap<string, Counts>,
    private readonly mailgun: CountsByTime,
    private readonly day: string,
  ) {}

  /** @throws MailgunProblem */
  static async read(
    connection: Connection,
    settings: MailgunSettings,
    { configured, domain, day }: { configured: string; domain: string; day: string },
  ): Promise<DayHours> {
    const [begin, end] = [Date.parse(day) - hourMs, Date.parse(day) + dayMs + hourMs];
    const mailgun = await readMetrics(
      settings,
      configured,
      { resolution: 'hour', begin, end },
      comparedMetrics,
    );
    const tallies = await talliesOfDimension(
      connection,
      'hour',
      dimensionOf('domain', domain),
      isoOf(begin),
      isoOf(end),
    );
    return new DayHours(new Map(tallies.map(({ start, counts }) => [start, counts])), mailgun, day);
  }

  at(hour: number): BothCounts {
    const { start } = hourSpan(this.day, hour);
    return {
      ours: this.ours.get(start) ?? {},
      mailgun: countersOfMetrics(this.mailgun.get(Date.parse(start)) ?? new Map()),
    };
  }

  differences(hour: number): Difference[] {
    const { ours, mailgun } = this.at(hour);
    return differencesBetween(ours, mailgun);
  }

  /** What stands in the hour beside an hour instead. */
  rounded(hour: number): ReadonlyMap<StoredCounter, number> {
    const hours = Array.from({ length: 26 }, (_, at) => this.differences(at - 1));
    return roundedAway(hours)[hour + 1] ?? new Map();
  }

  /** The sum of the day's hours at Mailgun. */
  mailgunDay(): Counts {
    const sum: Counts = {};
    for (let hour = 0; hour < 24; hour += 1) {
      const { mailgun } = this.at(hour);
      for (const counter of storedCounters)
        if (mailgun[counter] !== undefined) sum[counter] = (sum[counter] ?? 0) + mailgun[counter];
    }
    return sum;
  }
}
