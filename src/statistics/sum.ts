import { suppressedClasses } from '../events/classify';
import type { Firsts } from '../events/fields';
import { providerOf } from '../events/provider';
import type { StoredEvent } from '../store/events';
import { allMail, subjectOf } from '../store/subject';
import { type Counter, type Counts, counters, type Tally } from '../store/tally';

type CountedFields = Pick<
  StoredEvent,
  | 'event'
  | 'severity'
  | 'classification'
  | 'bot'
  | 'tags'
  | 'domain'
  | 'recipientDomain'
  | 'recipientProvider'
  | 'occurredAt'
  | 'first'
  | 'firstOfDay'
> &
  Partial<Pick<StoredEvent, 'source'>>;

const simple: Record<string, Counter> = {
  accepted: 'accepted',
  delivered: 'delivered',
  opened: 'opens',
  clicked: 'clicks',
  failed: 'failures',
  complained: 'complaints',
  unsubscribed: 'unsubscribes',
  rejected: 'rejected',
  stored: 'stored',
};

/** The counters that an event raises by one, people aside. */
function countersOf(event: CountedFields): Counter[] {
  const own = Object.hasOwn(simple, event.event) ? simple[event.event] : undefined;
  if (own === undefined) return [];
  const raised: Counter[] = [own];
  if (event.event === 'opened' && event.bot !== null) raised.push('botOpens');
  if (event.event === 'clicked' && event.bot !== null) raised.push('botClicks');
  if (event.event === 'failed') {
    if (event.severity === 'permanent') raised.push('permanentFailures');
    if (event.severity === 'temporary') raised.push('temporaryFailures');
    if (event.classification !== null && suppressedClasses.has(event.classification))
      raised.push('suppressedFailures');
  }
  return raised;
}

interface CountedSubject {
  subject: string;
  isFirst: (firsts: Firsts) => boolean;
}

/** What an event counts for. A person has one provider, so the first for it is the first of all mail. */
function subjectsOf(event: CountedFields): CountedSubject[] {
  const subjects: CountedSubject[] = [
    { subject: allMail, isFirst: ({ all }) => all },
    { subject: subjectOf('provider', providerOf(event)), isFirst: ({ all }) => all },
  ];
  if (event.domain !== null)
    subjects.push({ subject: subjectOf('domain', event.domain), isFirst: ({ domain }) => domain });
  if (event.source === 'backfill')
    subjects.push({ subject: subjectOf('backfill', event.domain ?? ''), isFirst: ({ all }) => all });
  for (const tag of event.tags)
    subjects.push({ subject: subjectOf('tag', tag), isFirst: ({ tags }) => tags.includes(tag) });
  return subjects;
}

/** Adds up tallies by subject. */
export class Sum {
  private readonly bySubject = new Map<string, Tally>();

  /** Adds one event to everything that it counts for. */
  addEvent(event: CountedFields): void {
    const raised = countersOf(event);
    for (const { subject, isFirst } of subjectsOf(event)) {
      const tally = this.tallyOf(subject, event.occurredAt, event.occurredAt);
      for (const counter of raised) tally.counts[counter] = (tally.counts[counter] ?? 0) + 1;
      const ever = event.first !== null && isFirst(event.first);
      const ofDay = event.firstOfDay !== null && isFirst(event.firstOfDay);
      if (event.event === 'opened') {
        if (ever) tally.everOpens += 1;
        if (ofDay) tally.counts.uniqueOpens = (tally.counts.uniqueOpens ?? 0) + 1;
      } else if (event.event === 'clicked') {
        if (ever) tally.everClicks += 1;
        if (ofDay) tally.counts.uniqueClicks = (tally.counts.uniqueClicks ?? 0) + 1;
      }
    }
  }

  addTallies(tallies: readonly Tally[]): void {
    for (const added of tallies) {
      const tally = this.tallyOf(added.subject, added.firstEventAt, added.lastEventAt);
      for (const counter of counters) {
        const count = added.counts[counter];
        if (count) tally.counts[counter] = (tally.counts[counter] ?? 0) + count;
      }
      tally.everOpens += added.everOpens;
      tally.everClicks += added.everClicks;
    }
  }

  /** One tally per subject, in their order, so that equal sums are equal as JSON. */
  tallies(): Tally[] {
    return [...this.bySubject.values()]
      .sort((a, b) => (a.subject < b.subject ? -1 : 1))
      .map((tally) => ({ ...tally, counts: inOrder(tally.counts) }));
  }

  private tallyOf(subject: string, firstEventAt: string, lastEventAt: string): Tally {
    let tally = this.bySubject.get(subject);
    if (tally === undefined) {
      tally = { subject, counts: {}, everOpens: 0, everClicks: 0, firstEventAt, lastEventAt };
      this.bySubject.set(subject, tally);
      return tally;
    }
    if (firstEventAt < tally.firstEventAt) tally.firstEventAt = firstEventAt;
    if (lastEventAt > tally.lastEventAt) tally.lastEventAt = lastEventAt;
    return tally;
  }
}

function inOrder(counts: Counts): Counts {
  const ordered: Counts = {};
  for (const counter of counters) if (counts[counter]) ordered[counter] = counts[counter];
  return ordered;
}
