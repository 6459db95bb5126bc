import type { FirstEngagement } from '../events/fields';
import { providerOf } from '../events/provider';
import type { CountedEvent } from './counted-event';
import { counters } from './counter-table';
import { type Counts, countersRaisedBy } from './counters';
import { allMail, dimensionOf } from './dimension';
import type { Tally } from './tally';

interface CountedDimension {
  dimension: string;
  isFirst: (firsts: FirstEngagement) => boolean;
}

/** What an event counts for. A person has one provider, so the first for it is the first of all mail. */
function dimensionsOf(event: CountedEvent): CountedDimension[] {
  const dimensions: CountedDimension[] = [
    { dimension: allMail, isFirst: ({ all }) => all },
    { dimension: dimensionOf('provider', providerOf(event)), isFirst: ({ all }) => all },
  ];
  if (event.domain !== null)
    dimensions.push({ dimension: dimensionOf('domain', event.domain), isFirst: ({ domain }) => domain });
  if (event.source === 'backfill')
    dimensions.push({ dimension: dimensionOf('backfill', event.domain ?? ''), isFirst: ({ all }) => all });
  for (const tag of event.tags)
    dimensions.push({ dimension: dimensionOf('tag', tag), isFirst: ({ tags }) => tags.includes(tag) });
  return dimensions;
}

/** Adds up events and tallies, dimension by dimension. */
export class TallyBuilder {
  private readonly byDimension = new Map<string, Tally>();

  /** Adds one event to everything that it counts for. */
  addEvent(event: CountedEvent): void {
    const raised = countersRaisedBy(event);
    for (const { dimension, isFirst } of dimensionsOf(event)) {
      const tally = this.tallyOf(dimension, event.occurredAt, event.occurredAt);
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
      const tally = this.tallyOf(added.dimension, added.firstEventAt, added.lastEventAt);
      for (const counter of counters) {
        const count = added.counts[counter];
        if (count) tally.counts[counter] = (tally.counts[counter] ?? 0) + count;
      }
      tally.everOpens += added.everOpens;
      tally.everClicks += added.everClicks;
    }
  }

  /** One tally per dimension, in their order, so that equal sums are equal as JSON. */
  tallies(): Tally[] {
    return [...this.byDimension.values()]
      .sort((a, b) => (a.dimension < b.dimension ? -1 : 1))
      .map((tally) => ({ ...tally, counts: inOrder(tally.counts) }));
  }

  private tallyOf(dimension: string, firstEventAt: string, lastEventAt: string): Tally {
    let tally = this.byDimension.get(dimension);
    if (tally === undefined) {
      tally = { dimension, counts: {}, everOpens: 0, everClicks: 0, firstEventAt, lastEventAt };
      this.byDimension.set(dimension, tally);
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
