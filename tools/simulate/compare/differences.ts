import {
  type Counters,
  classOfGroup,
  counterNames,
  type Expected,
  emptyCounters,
  emptyStatistics,
  type Statistics,
  statuses,
} from '../plan/model';
import type { StoredSubscriber } from './read-back';

/** One number, as it should be and as it is. */
export interface Row {
  readonly name: string;
  readonly expected: number;
  readonly stored: number;
}

/** The numbers of one tag, of all mail, of the failures or of the subscribers. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
  /** The same numbers by UTC day, or those of each mailbox provider, where they are not zero. */
  readonly days: ReadonlyMap<string, readonly Row[]>;
  /** Differences that are not numbers, each a sentence. */
  readonly remarks: readonly string[];
}

/** The numbers of all mail, and of the tags and days of a run, at one moment. */
export interface Snapshot {
  readonly all: Statistics;
  readonly tags: ReadonlyMap<string, Statistics>;
  /** The totals of each mailbox provider. */
  readonly providers: ReadonlyMap<string, Counters>;
  /** Failures by the text of their group. */
  readonly failures: ReadonlyMap<string, number>;
}

/** Where the model and the space differ by more than rounding of microseconds. */
const timeTolerance = 1;

/** All numbers of a section. */
export function allRows({ rows, days }: Section): Row[] {
  return [...rows, ...[...days.values()].flat()];
}

/** True when any section shows a difference. */
export function isDifferent(sections: readonly Section[]): boolean {
  return sections.some(
    (section) => section.remarks.length > 0 || allRows(section).some((row) => row.expected !== row.stored),
  );
}

/** What the run added to each counter, beside what it should have added. */
function compareCounters(expected: Counters, before: Counters, after: Counters): Row[] {
  return counterNames.map((name) => ({ name, expected: expected[name], stored: after[name] - before[name] }));
}

function compareStatistics(
  title: string,
  expected: Statistics,
  before: Statistics,
  after: Statistics,
): Section {
  const none = emptyCounters();
  const dayNames = new Set([...expected.days.keys(), ...before.days.keys(), ...after.days.keys()]);
  const days = [...dayNames].sort().map((day): [string, Row[]] => {
    const of = ({ days }: Statistics) => days.get(day) ?? none;
    const rows = compareCounters(of(expected), of(before), of(after));
    return [day, rows.filter((row) => row.expected !== 0 || row.stored !== 0)];
  });
  return {
    title,
    rows: compareCounters(expected.total, before.total, after.total),
    days: new Map(days.filter(([, rows]) => rows.length > 0)),
    remarks: compareTimes(expected, before, after),
  };
}

function compareTimes(expected: Statistics, before: Statistics, after: Statistics): string[] {
  const first = extreme(Math.min, before.firstEventAt, expected.firstEventAt);
  const last = extreme(Math.max, before.lastEventAt, expected.lastEventAt);
  return [
    ...compareTime('firstEventAt', first, after.firstEventAt),
    ...compareTime('lastEventAt', last, after.lastEventAt),
  ];
}

function extreme(
  choose: (...times: number[]) => number,
  ...times: (number | undefined)[]
): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : choose(...known);
}

function compareTime(name: string, expected: number | undefined, stored: number | undefined): string[] {
  const isEqual =
    expected === undefined || stored === undefined
      ? expected === stored
      : Math.abs(expected - stored) <= timeTolerance;
  const show = (time: number | undefined) => (time === undefined ? 'none' : new Date(time).toISOString());
  return isEqual ? [] : [`${name}: expected ${show(expected)}, stored ${show(stored)}`];
}

/** Compares the totals of each mailbox provider. */
function compareProviders(
  expected: Expected['providers'],
  before: Snapshot['providers'],
  after: Snapshot['providers'],
): Section {
  const none = emptyCounters();
  const names = [...new Set([...expected.keys(), ...after.keys()])].sort();
  const ofEach = names.map((name): [string, Row[]] => {
    const rows = compareCounters(
      expected.get(name)?.total ?? none,
      before.get(name) ?? none,
      after.get(name) ?? none,
    );
    return [name, rows.filter((row) => row.expected !== 0 || row.stored !== 0)];
  });
  return { title: 'mailbox providers', rows: [], days: new Map(ofEach), remarks: [] };
}

/** Compares the failures of each group; the rows are those of each class. */
function compareFailures(
  expected: Snapshot['failures'],
  before: Snapshot['failures'],
  after: Snapshot['failures'],
): Section {
  const groups = [...new Set([...expected.keys(), ...before.keys(), ...after.keys()])].sort();
  const compared = groups.map((name): Row => {
    const added = (after.get(name) ?? 0) - (before.get(name) ?? 0);
    return { name, expected: expected.get(name) ?? 0, stored: added };
  });
  const classes = [...new Set(groups.map(classOfGroup))].sort().map((name): Row => {
    const own = compared.filter((row) => classOfGroup(row.name) === name);
    const sum = (side: 'expected' | 'stored') => own.reduce((total, row) => total + row[side], 0);
    return { name, expected: sum('expected'), stored: sum('stored') };
  });
  return {
    title: 'failures by class',
    rows: classes,
    days: new Map(),
    remarks: compared
      .filter((row) => row.expected !== row.stored)
      .map((row) => `failures ${row.name}: expected ${row.expected}, stored ${row.stored}`),
  };
}

/** Compares the numbers of all mail, of every tag of the run, of every provider, and its failures. */
export function compareSnapshots(expected: Expected, before: Snapshot, after: Snapshot): Section[] {
  const section = (title: string, tag: string) =>
    compareStatistics(
      title,
      expected.tags.get(tag.toLowerCase()) ?? emptyStatistics(),
      before.tags.get(tag) ?? emptyStatistics(),
      after.tags.get(tag) ?? emptyStatistics(),
    );
  return [
    compareStatistics('all mail', expected.all, before.all, after.all),
    ...[...after.tags.keys()].map((tag) => section(`tag ${tag}`, tag)),
    compareProviders(expected.providers, before.providers, after.providers),
    compareFailures(expected.failures, before.failures, after.failures),
  ];
}

function describeScope(scope: Iterable<string>): string {
  return [...scope].sort().join(', ') || 'nothing';
}

/**
 * Compares every address of the run.
 * @param strangers addresses that must not be among the subscribers
 * @param stored the space's subscribers; those of other runs are passed over
 */
export function compareSubscribers(
  expected: Expected['subscribers'],
  strangers: ReadonlySet<string>,
  stored: Iterable<StoredSubscriber>,
): Section {
  const remarks: string[] = [];
  const found = new Map<string, StoredSubscriber>();
  for (const subscriber of stored) {
    const address = subscriber.email.toLowerCase();
    if (strangers.has(address))
      remarks.push(`${address}: expected no subscriber, stored ${subscriber.status}`);
    if (!expected.has(address)) continue;
    if (found.has(address)) remarks.push(`${address}: stored twice`);
    found.set(address, subscriber);
  }
  for (const [address, { status, unsubscribedFrom }] of expected) {
    const subscriber = found.get(address);
    if (subscriber?.status !== status) {
      remarks.push(`${address}: expected ${status}, stored ${subscriber?.status ?? 'none'}`);
    } else if (unsubscribedFrom !== undefined) {
      const wanted = describeScope(unsubscribedFrom);
      const actual = describeScope(subscriber.unsubscribedFrom ?? []);
      if (wanted !== actual)
        remarks.push(`${address}: expected unsubscribed from ${wanted}, stored ${actual}`);
    }
  }
  const countOf = (subscribers: Iterable<{ status: string }>, status: string) =>
    [...subscribers].filter((subscriber) => subscriber.status === status).length;
  const rows = statuses.map((status) => {
    return {
      name: status,
      expected: countOf(expected.values(), status),
      stored: countOf(found.values(), status),
    };
  });
  return { title: 'subscribers', rows, days: new Map(), remarks };
}
