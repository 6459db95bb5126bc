import { suppressedClasses } from '../events/classify';
import type { StoredEvent } from '../store/events';
import { type Counter, type Counts, counters, type Tally } from '../store/tally';

type CountedFields = Pick<
  StoredEvent,
  'event' | 'severity' | 'classification' | 'bot' | 'tags' | 'occurredAt' | 'first' | 'firstOfDay'
>;

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

/** Adds up tallies by tag. */
export class Sum {
  private readonly byTag = new Map<string | null, Tally>();

  /** Adds one event: to all mail and to each of its tags. */
  addEvent(event: CountedFields): void {
    const raised = countersOf(event);
    for (const tag of [null, ...event.tags]) {
      const tally = this.tallyOf(tag, event.occurredAt, event.occurredAt);
      for (const counter of raised) tally.counts[counter] = (tally.counts[counter] ?? 0) + 1;
      const ever = tag === null ? event.first?.all : event.first?.tags.includes(tag);
      const ofDay = tag === null ? event.firstOfDay?.all : event.firstOfDay?.tags.includes(tag);
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
      const tally = this.tallyOf(added.tag, added.firstEventAt, added.lastEventAt);
      for (const counter of counters) {
        const count = added.counts[counter];
        if (count) tally.counts[counter] = (tally.counts[counter] ?? 0) + count;
      }
      tally.everOpens += added.everOpens;
      tally.everClicks += added.everClicks;
    }
  }

  /** One tally per tag, in the order of tags with all mail first, so that equal sums are equal as JSON. */
  tallies(): Tally[] {
    return [...this.byTag.values()]
      .sort((a, b) => ((a.tag ?? '') < (b.tag ?? '') ? -1 : 1))
      .map((tally) => ({ ...tally, counts: inOrder(tally.counts) }));
  }

  private tallyOf(tag: string | null, firstEventAt: string, lastEventAt: string): Tally {
    let tally = this.byTag.get(tag);
    if (tally === undefined) {
      tally = { tag, counts: {}, everOpens: 0, everClicks: 0, firstEventAt, lastEventAt };
      this.byTag.set(tag, tally);
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
